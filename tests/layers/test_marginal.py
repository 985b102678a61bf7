"""Hard attention: the goldens, every alignment counted out, gradients, and what writes with it."""

import itertools
import math

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.decoding.length_rules import SumOfLogs
from elman.decoding.search import Beam, greedy, search
from elman.errors import ConfigError
from elman.heads.marginal import MarginalHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.layers.marginal import Places, chosen, likeliest_path, moved, posteriors
from elman.layers.marginal_stepper import MarginalStepper
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.models.encoder_decoder import EncoderDecoder
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from tests.contracts.test_decoders import assert_forced_is_stepping, forced_ids
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")
both = pytest.mark.parametrize("monotone", [False, True])
every_kind = pytest.mark.parametrize("kind", ["hard", "monotone", "hard_window"])
W = 1  # places that hard_window goes on by at most
E, D, H, V = 3, 4, 4, 4
START = END = 1
# G5 of the goldens of encoder-decoders.
ALPHA = torch.tensor([[[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]], dtype=torch.float64)
SPOKEN = torch.tensor([[[0.5, 0.1, 0.2], [0.3, 0.6, 0.1], [0.2, 0.2, 0.9]]], dtype=torch.float64).log()


def golden(monotone):
    return Places(
        ALPHA.log(), torch.zeros(1, 3, 3, 0), torch.zeros(1, 3, dtype=torch.long), moved if monotone else None
    )


def test_the_sum_over_places_of_the_goldens():
    found = torch.logsumexp(chosen(golden(False), SPOKEN) + SPOKEN, -1)[0].tolist()
    assert found == pytest.approx([-1.0498221244986778, -0.941608539858445, -0.3710636813908319], abs=1e-12)
    found = torch.logsumexp(chosen(golden(True), SPOKEN) + SPOKEN, -1).sum().item()
    assert found == pytest.approx(-2.315594347588, abs=1e-11)


def test_posteriors_of_the_goldens():
    found = posteriors(golden(True), SPOKEN, torch.ones(1, 3))[0]
    expected = [0.12582630499202185, 0.7636197857305675, 0.11055390927741053]
    assert found[1].tolist() == pytest.approx(expected, abs=1e-10)
    assert found[0].tolist() == pytest.approx([0.8866600815540865, 0.09510422207025808, 0.01823569637565535], abs=1e-10)
    torch.testing.assert_close(found.sum(-1), torch.ones(3), atol=1e-12, rtol=0)
    order0 = posteriors(golden(False), SPOKEN, torch.ones(1, 3))
    torch.testing.assert_close(order0, torch.softmax(ALPHA.log() + SPOKEN, -1), atol=1e-12, rtol=0)


def test_the_likeliest_path_of_the_goldens():
    path = likeliest_path(golden(True), SPOKEN, torch.ones(1, 3))
    assert path.tolist() == [[0, 1, 2]]
    a, p = ALPHA[0], SPOKEN[0].exp()
    log_prob = math.log(a[0, 0] * p[0, 0] * a[1, 1] * p[1, 1] * a[2, 2] / a[2, 1:].sum() * p[2, 2])
    assert log_prob == pytest.approx(-2.764620552591, abs=1e-11)


def make(kind, cell="gru"):
    """Return decoder, head and embedding with weights that are not small."""
    name = "hard_window" if kind == "hard_window" else "hard"
    config = DecoderConfig(
        hidden_size=H,
        decoder=name,
        cell=cell,
        num_layers=2,
        monotone=kind == "monotone",
        window=W if name == "hard_window" else 0,
    )
    decoder = STEPS.get(name)(E, D, config)
    head, embedding = MarginalHead(H, Tokens([str(number) for number in range(V)])), Embedding(V, E)
    for parameter in (*decoder.parameters(), *head.parameters(), *embedding.parameters()):
        parameter.data = torch.randn_like(parameter)
    return decoder, head, embedding


def behind_start(target):
    """Return the token that is read before each of targets."""
    return torch.cat([torch.full_like(target[:, :1], START), target[:, :-1]], 1)


def source(decoder, lengths=(3, 1, 2)):
    values = torch.randn(len(lengths), max(lengths), D)
    return decoder.source(Padded(values, torch.tensor(lengths)), torch.randn(len(lengths), D))


def chances(decoder, memory, output, row, length, before):
    """Return how likely a step chooses each place of a source behind a place, up to a factor."""
    if not hasattr(decoder, "onward"):
        a = torch.softmax(decoder.attention.score(output[None], memory.keys[row][None, :length])[0], -1)
        behind = decoder.config.monotone and before is not None
        return a.masked_fill(torch.arange(length) < before, 0.0) if behind else a
    before = before or 0
    layer, found = decoder.onward.layers[0], torch.zeros(length)
    logits = layer(torch.cat([output, memory.values[row, before]]))[: length - before]
    found[before : before + len(logits)] = torch.softmax(logits, -1)
    return found


@every_kind
def test_the_probability_of_a_target_is_the_sum_over_all_alignments(kind):
    decoder, head, _ = make(kind)
    memory, outputs, target = source(decoder), torch.randn(3, 3, H), torch.randint(V, (3, 3))
    places = decoder.places(behind_start(target), outputs, memory)
    found = -head.nll(outputs, target, {"places": places}).sum(1).exp().log()
    for row, length in enumerate([3, 1, 2]):
        total = torch.zeros(())
        for path in itertools.product(range(length), repeat=3):
            p = torch.ones(())
            for step, place in enumerate(path):
                a = chances(decoder, memory, outputs[row, step], row, length, path[step - 1] if step else None)
                y = decoder.join(torch.cat([outputs[row, step], memory.values[row, place]]))
                p = p * a[place] / a.sum() * torch.softmax(head.logits(y), -1)[target[row, step]]
            total = total + p
        assert found[row].item() == pytest.approx(total.log().item(), abs=1e-9)


@every_kind
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_gradients_equal_finite_differences(kind, smoothing):
    decoder, head, _ = make(kind)
    head = MarginalHead(H, Tokens(list("abcd")), MarginalHead.Config(label_smoothing=smoothing))
    packing, lengths = Packing(2, 3), torch.tensor([3, 2])
    target, weights = Padded(torch.tensor([[1, 3, 0], [2, 2, 0]]), lengths), Padded(torch.tensor([[1.0], [0.5]]))
    given = torch.randn(6, E), torch.randn(2, 3, D)

    def loss(rows, values, *_):
        memory = decoder.source(Padded(values, lengths), values[:, 0])
        hidden = packing.unpack(unroll(decoder, rows, packing, decoder.initial_state(2, memory), memory).outputs)
        places = {"places": decoder.places(behind_start(target.values), hidden, memory)}
        return head.loss(Padded(hidden), target, None, weights, places).nats

    parameters = [*decoder.parameters(), *head.parameters()]
    assert equal_finite_differences(loss, [one.requires_grad_() for one in (*given, *parameters)])


def stepper(kind, lengths=(3, 1, 2)):
    decoder, head, embedding = make(kind)
    with torch.no_grad():
        return MarginalStepper(embedding, decoder, head, source(decoder, lengths), (START, END))


@every_kind
def test_a_search_finds_the_best_there_is_and_scores_it_as_the_head_does(kind):
    model, inputs, longest = stepper(kind), np.arange(3), 3
    decoder, head, memory = model._step, model._head, model._memory
    others = [token for token in range(V) if token != END]
    every = [ids for length in range(longest) for ids in itertools.product(others, repeat=length)]
    table = []
    for ids in every:
        row = np.array([[START, *ids, END]] * 3)
        each = model.read(row, None, model.begin(inputs)).nats
        with torch.no_grad():
            packing = Packing(3, len(ids) + 1)
            rows = packing.pack(model._embedding(torch.from_numpy(row[:, :-1])))
            hidden = packing.unpack(unroll(decoder, rows, packing, decoder.initial_state(3, memory), memory).outputs)
            places = {"places": decoder.places(torch.from_numpy(row[:, :-1]), hidden, memory)}
            whole = head.nll(hidden, torch.from_numpy(row[:, 1:]), places).numpy()
        np.testing.assert_allclose(each, whole, atol=1e-11)
        table.append(-each.sum(1))
    found = search(model, [np.empty(0, np.int64)] * 3, np.full(3, longest), Beam(99, 2, SumOfLogs()))
    for number, paths in enumerate(found):
        order = np.argsort(-np.array(table)[:, number], kind="stable")
        assert [tuple(path.ids) for path in paths] == [every[order[0]], every[order[1]]]
        assert paths[0].log_prob == pytest.approx(table[order[0]][number], abs=1e-10)
        np.testing.assert_allclose(paths[0].looked.sum(1), 1, atol=1e-12)
    log_probs, state = model.advance(np.full(3, START), model.begin(inputs))
    np.testing.assert_allclose(np.exp(log_probs).sum(1), 1, atol=1e-12)
    log_probs, _ = model.advance(np.array([2, 3, 0]), state)
    np.testing.assert_allclose(np.exp(log_probs).sum(1), 1, atol=1e-12)


@every_kind
def test_no_result_depends_on_what_else_is_searched_for_and_prefixes_are_kept(kind):
    model, nothing, most = stepper(kind), np.empty(0, np.int64), np.array([5, 6, 4])
    prefixes = [np.array([2]), nothing, np.array([3, 0])]
    together, straight = search(model, prefixes, most, Beam(3, 2, SumOfLogs())), greedy(model, prefixes, most)
    for row in range(3):
        memory = model._memory.select(torch.tensor([row])).spread()
        alone = MarginalStepper(model._embedding, model._step, model._head, memory, (START, END))
        [paths] = search(alone, prefixes[row : row + 1], most[[row]], Beam(3, 2, SumOfLogs()))
        assert [one.ids for one in paths] == [one.ids for one in together[row]]
        assert paths[0].log_prob == pytest.approx(together[row][0].log_prob, abs=1e-10)
        assert greedy(alone, prefixes[row : row + 1], most[[row]])[0][0].ids == straight[row][0].ids


@every_kind
def test_the_alignment_of_a_target_sums_to_one_and_never_goes_back_if_it_must_not(kind):
    model, lengths = stepper(kind), np.array([4, 2, 3])
    ids = np.array([[START, 2, 3, END], [START, END, 0, 0], [START, 3, END, 0]])
    looked = model.read(ids, lengths, model.begin(np.arange(3)), keep=["looked"]).kept["looked"]
    real = np.arange(3) < lengths[:, None] - 1
    np.testing.assert_allclose(looked.sum(2), real, atol=1e-12)
    assert not looked[1, :, 1:].any()
    if kind != "hard":  # the expected place only rises
        expected = (looked * np.arange(3)).sum(2)
        assert (np.diff(expected[0]) >= -1e-12).all()


@both
def test_where_all_places_say_the_same_it_is_the_softmax(monotone):
    head, plain = MarginalHead(H, Tokens(list("abcd"))), SoftmaxHead(H, Tokens(list("abcd")))
    plain.load_state_dict(head.state_dict())
    hidden, target = torch.randn(2, 3, H), torch.randint(V, (2, 3))
    log_weights = torch.log_softmax(torch.randn(2, 3, 5), -1)
    joined = hidden[:, :, None].expand(-1, -1, 5, -1)
    given = {"places": Places(log_weights, joined, behind_start(target), moved if monotone else None)}
    torch.testing.assert_close(head.nll(hidden, target, given), plain.nll(hidden, target), atol=1e-12, rtol=0)
    found = head.loss(Padded(hidden), Padded(target), given=given).nats
    torch.testing.assert_close(found, plain.loss(Padded(hidden), Padded(target)).nats, atol=1e-12, rtol=0)
    torch.testing.assert_close(head.next(hidden, given), plain.next(hidden), atol=1e-12, rtol=0)
    assert torch.equal(head.best(Padded(hidden), given).values, plain.best(Padded(hidden)).values)
    assert head.linear is None


@every_kind
def test_what_is_written_behind_right_tokens_is_what_the_steps_say(kind, monkeypatch):
    assert_forced_is_stepping(stepper(kind), forced_ids(V))
    monkeypatch.setattr("elman.layers.marginal_stepper._MOST_NUMBERS", 1)  # row by row
    assert_forced_is_stepping(stepper(kind), forced_ids(V))


def test_weights_that_are_no_probabilities_are_refused():
    with pytest.raises(ConfigError, match="decoder hard needs probabilities of places: those of local_p do not sum"):
        STEPS.get("hard")(E, D, DecoderConfig(hidden_size=H, decoder="hard", attention="local_p"))


def test_a_window_goes_on_from_the_first_place():
    decoder, _, _ = make("hard_window")
    memory, read = source(decoder), torch.full((3, 2), START)
    places = decoder.places(read, torch.randn(3, 2, H), memory)
    prior = chosen(places, torch.zeros(3, 1, 3)).exp()
    assert prior[0, 0, 2] < 1e-12  # w is 1
    torch.testing.assert_close(prior[0, 0, :2], places.log_weights[0, 0, 0].exp(), atol=1e-12, rtol=0)
    assert prior[0, 1, 2] > 0
    torch.testing.assert_close(prior[1], torch.tensor([[1.0, 0.0, 0.0]] * 2), atol=1e-12, rtol=0)  # of one place


@every_kind
def test_the_likeliest_path_is_the_best_of_all_paths(kind):
    model, lengths = stepper(kind), np.array([4, 2, 3])
    ids = np.array([[START, 2, 3, END], [START, END, 0, 0], [START, 3, END, 0]])
    found = model.read(ids, lengths, model.begin(np.arange(3)), keep=["aligned"]).kept["aligned"]
    decoder, head, memory = model._step, model._head, model._memory
    with torch.no_grad():
        rows = model._embedding(torch.from_numpy(ids[:, :-1])).transpose(0, 1).flatten(0, 1)
        packing = Packing(3, 3)
        outputs = packing.unpack(unroll(decoder, rows, packing, decoder.initial_state(3, memory), memory).outputs)
        for row, (steps, places) in enumerate(zip(lengths - 1, [3, 1, 2], strict=True)):
            best, which = -1.0, None
            for path in itertools.product(range(places), repeat=int(steps)):
                p = 1.0
                for step, place in enumerate(path):
                    before = path[step - 1] if step else None
                    a = chances(decoder, memory, outputs[row, step], row, places, before)
                    y = decoder.join(torch.cat([outputs[row, step], memory.values[row, place]]))
                    p *= float(a[place] / a.sum() * torch.softmax(head.logits(y), -1)[ids[row, step + 1]])
                best, which = max((best, which), (p, path), key=lambda one: one[0])
            assert tuple(found[row, :steps]) == which


def test_what_a_window_cannot_be_is_refused():
    with pytest.raises(ConfigError, match=r"model\.monotone: decoder hard_window never goes back anyway. Leave it out"):
        STEPS.get("hard_window")(E, D, DecoderConfig(hidden_size=H, decoder="hard_window", monotone=True))
    with pytest.raises(ValueError, match=r"window: decoder hard has none. Leave it out, or set hard_window"):
        EncoderDecoder.Config(decoder="hard", window=2)
