"""Every decoder through one contract: whole targets and single steps, gradients, and the search that uses it."""

import itertools

import numpy as np
import pytest
import torch

from elman.cells import CELLS
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.decoding.choice import Banned
from elman.decoding.ensemble import Ensemble
from elman.decoding.length_rules import SumOfLogs
from elman.decoding.search import Beam, greedy, search
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.heads.pointer import PointerHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.attention import SCORES
from elman.layers.copying_stepper import CopyingStepper
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.embedding import Embedding
from elman.layers.packing import Packing
from elman.layers.step_number import Counted
from elman.layers.unroll import loop, unroll
from elman.models.encoder_decoder import EncoderDecoder
from elman.moment import Noise
from elman.native import module
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")
every_decoder = pytest.mark.parametrize("name", STEPS.names())
LOOKS = [name for name in STEPS.names() if "weights" in STEPS.get(name).traces]
E, D, H, V = 3, 5, 4, 4
START = END = 1
LENGTHS = torch.tensor([3, 5, 0, 1])


def make(name, **options):
    """Return a decoder with weights that are not small."""
    if name == "between":
        options["decoder_layers"] = max(2, options.get("num_layers", 1))
    made = STEPS.get(name)(E, D, DecoderConfig(hidden_size=H, decoder=name, **options))
    for parameter in made.parameters():
        parameter.data = torch.randn_like(parameter) * 0.6
    return made


def source(decoder, lengths=(4, 2, 0, 3)):
    """Return sources of these lengths; one may have no place at all."""
    values = torch.randn(len(lengths), max(lengths), D)
    return decoder.source(Padded(values, torch.tensor(lengths)), torch.randn(len(lengths), D))


@every_decoder
@pytest.mark.parametrize("cell", ["lstm", "gru", "elman"])
@pytest.mark.parametrize("layers", [1, 3])
def test_a_whole_target_is_its_steps(name, cell, layers):
    decoder = make(name, cell=cell, num_layers=layers)
    memory, packing = source(decoder), Packing(4, 5, LENGTHS)
    rows, state = packing.pack(torch.randn(4, 5, E)), decoder.initial_state(4, memory)
    for step in (decoder, decoder.under(Noise(1, 0), packing)):
        whole, each = unroll(step, rows, packing, state, memory), loop(step, rows, packing, state, memory)
        torch.testing.assert_close(whole.outputs, each.outputs, atol=1e-12, rtol=0)
        for left, right in zip(whole.state.tensors(), each.state.tensors(), strict=True):
            torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


@every_decoder
def test_gradients_equal_finite_differences(name):
    decoder = make(name, cell="gru", num_layers=2)
    packing, lengths = Packing(2, 2, torch.tensor([2, 1])), torch.tensor([3, 1])
    given = torch.randn(3, E), torch.randn(2, 3, D), torch.randn(2, D)

    def outputs(rows, values, last, *_):
        memory = decoder.source(Padded(values, lengths), last)
        return unroll(decoder, rows, packing, decoder.initial_state(2, memory), memory).outputs

    assert equal_finite_differences(outputs, [one.requires_grad_() for one in (*given, *decoder.parameters())])


@every_decoder
def test_noise_is_drawn_for_a_whole_target_and_changes_it(name):
    decoder = make(name, num_layers=2, dropout=0.5)
    memory, packing = source(decoder), Packing(4, 5)
    rows, state = torch.randn(20, E), decoder.initial_state(4, memory)

    def run(noise):
        return unroll(decoder.under(noise, packing), rows, packing, state, memory).outputs

    assert torch.equal(run(Noise(1, 0)), run(Noise(1, 0)))
    assert not torch.equal(run(Noise(1, 0)), run(Noise(1, 1)))
    assert not torch.equal(run(Noise(1, 0)), run(None))
    assert decoder.under(None, packing) is decoder


@every_decoder
def test_nothing_is_seen_that_comes_later_or_stands_in_padding(name):
    decoder = make(name, num_layers=2)
    memory, packing = source(decoder), Packing(4, 3)
    rows, state = torch.randn(12, E), decoder.initial_state(4, memory)
    found = unroll(decoder, rows, packing, state, memory).outputs
    later = rows.clone()
    later[8:] = 9.0
    other = memory._replace(values=torch.where(memory.mask[..., None], memory.values, 7.0))
    torch.testing.assert_close(unroll(decoder, later, packing, state, memory).outputs[:8], found[:8], atol=0, rtol=0)
    torch.testing.assert_close(unroll(decoder, rows, packing, state, other).outputs, found, atol=1e-12, rtol=0)


def stepper(name, lengths=(4, 2, 0, 3)):
    decoder = make(name, cell="gru")
    head = SoftmaxHead(H, Tokens([str(number) for number in range(V)]))
    embedding = Embedding(V, E)
    for parameter in (*head.parameters(), *embedding.parameters()):
        parameter.data = torch.randn_like(parameter)
    with torch.no_grad():
        return DecoderStepper(embedding, decoder, head, source(decoder, lengths), (START, END))


@every_decoder
def test_D27_the_score_of_what_is_found_is_that_of_reading_it_and_nothing_better_exists(name):
    model, inputs, longest = stepper(name), np.arange(4), 3
    others = [token for token in range(V) if token != END]
    every = [ids for length in range(longest) for ids in itertools.product(others, repeat=length)]

    def read(ids):
        row = np.array([[START, *ids, END]] * len(inputs))
        return -model.read(row, None, model.begin(inputs)).nats.sum(1)

    table = np.array([read(ids) for ids in every])
    found = search(model, [np.empty(0, np.int64)] * 4, np.full(4, longest), Beam(99, 2, SumOfLogs()))
    for number, (first, second) in enumerate(found):
        order = np.argsort(-table[:, number], kind="stable")
        assert [tuple(first.ids), tuple(second.ids)] == [every[order[0]], every[order[1]]]
        assert first.log_prob == pytest.approx(table[order[0], number], abs=1e-10)
        if name not in LOOKS:
            assert first.looked is None
            continue
        assert first.looked.shape == (len(first.ids) + 1, 4)
        assert first.looked.sum(1) == pytest.approx([float(number != 2)] * (len(first.ids) + 1))


@every_decoder
@pytest.mark.parametrize("never", [[], [0], [END], [0, END]])
def test_the_likeliest_next_are_those_of_all_that_may_come(name, never):
    model, ids = stepper(name), np.array([START, 0, 2, 3])
    state = model.begin(np.arange(4))
    found, plain = (kind.best(model, ids, state, 1, Banned(never)) for kind in (DecoderStepper, Stepper))
    assert np.array_equal(found.ids, plain.ids)
    np.testing.assert_allclose(found.log_probs, plain.log_probs, atol=1e-12)
    np.testing.assert_allclose(found.log_end, plain.log_end, atol=1e-12)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize(("k", "never"), [(1, []), (2, []), (2, [0]), (1, [END]), (1, [0, END])])
def test_the_likeliest_next_are_those_of_all_that_may_be_written_or_copied(name, layers, k, never):
    model, ids = copying_stepper(name, layers), np.array([START, 2, V + 1])
    state = model.begin(np.arange(3))
    found, plain = (kind.best(model, ids, state, k, Banned(never)) for kind in (CopyingStepper, Stepper))
    assert np.array_equal(found.ids, plain.ids)
    np.testing.assert_allclose(found.log_probs, plain.log_probs, atol=1e-12)
    np.testing.assert_allclose(found.log_end, plain.log_end, atol=1e-12)


@pytest.mark.skipif(module() is None, reason="no compiled module")
@pytest.mark.parametrize("never", [[], [0]])
def test_the_likeliest_are_found_without_a_table_of_all(monkeypatch, never):
    model = stepper("unfed")
    monkeypatch.setattr(model, "advance", None)
    assert model.best(np.array([0]), model.begin(np.arange(1)), 1, Banned(never)).ids.shape == (1, 1)


@pytest.mark.parametrize("name", LOOKS)
def test_where_was_looked_at_given_targets_is_kept_if_it_is_wanted(name):
    model, lengths = stepper(name), np.array([4, 2, 3, 1])
    ids = np.array([[START, 2, 3, END], [START, END, 0, 0], [START, 3, END, 0], [START, 0, 0, 0]])
    quick = model.read(ids, lengths, model.begin(np.arange(4)))
    found = model.read(ids, lengths, model.begin(np.arange(4)), keep=["looked"])
    np.testing.assert_allclose(found.nats, quick.nats, atol=1e-12)
    looked = found.kept["looked"]
    assert looked.shape == (4, 3, 4)
    real = (np.arange(3) < lengths[:, None] - 1) & (np.arange(4) != 2)[:, None]  # the third source has no place
    np.testing.assert_allclose(looked.sum(2), real, atol=1e-12)


@every_decoder
def test_no_result_depends_on_what_else_is_searched_for(name):
    model, nothing = stepper(name), np.empty(0, np.int64)
    together = search(model, [nothing] * 4, np.array([6, 2, 4, 5]), Beam(3, 1, SumOfLogs()))
    straight = greedy(model, [nothing] * 4, np.array([6, 2, 4, 5]))
    for number in range(4):
        one = DecoderStepper(model._embedding, model._step, model._head,
                             model._memory.select(torch.tensor([number])).spread(), (START, END))  # fmt: skip
        [[alone]] = search(one, [nothing], np.array([6, 2, 4, 5][number : number + 1]), Beam(3, 1, SumOfLogs()))
        assert alone.ids == together[number][0].ids
        assert alone.log_prob == pytest.approx(together[number][0].log_prob, abs=1e-10)
        [[found]] = greedy(one, [nothing], np.array([6, 2, 4, 5][number : number + 1]))
        assert found.ids == straight[number][0].ids
        if name in LOOKS:
            assert found.looked == pytest.approx(straight[number][0].looked[:, : found.looked.shape[1]])


@every_decoder
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.skipif(module() is None, reason="the compiled module is not there")
def test_a_source_has_the_same_target_to_the_last_bit_alone_and_among_others(monkeypatch, name, cell):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    torch.set_default_dtype(torch.float32)
    tokens = Tokens([str(number) for number in range(30)], marks={"start": START, "end": END})
    config = EncoderDecoder.Config(
        decoder=name, cell=cell, hidden_size=20, decoder_layers=2 if name == "between" else 1
    )
    network = EncoderDecoder(config, {"source": tokens}, {"target": tokens})
    for parameter in network.parameters():
        parameter.data = torch.randn_like(parameter) * 0.5
    rng = np.random.default_rng(0)
    texts = [rng.integers(2, 30, size) for size in rng.integers(2, 9, 12)]  # a text has a token and its end

    def found(some):
        lengths = np.array([len(text) for text in some])
        values = np.zeros((len(some), lengths.max()), np.int64)
        for row, text in zip(values, some, strict=True):
            row[: len(text)] = text
        model = network.stepper(Batch(len(some), {"source": Padded(values, lengths)}))
        nothing, most = [np.empty(0, np.int64)] * len(some), lengths + 5
        paths = search(model, nothing, most, Beam(3, 2, SumOfLogs())), greedy(model, nothing, most)
        return list(zip(*paths, strict=True))

    together = found(texts)
    for number, text in enumerate(texts):
        [alone] = found([text])
        for left, right in zip(alone, together[number], strict=True):
            assert [one.ids for one in left] == [one.ids for one in right]
            # A sum over the places of a source is made in the order of the longest beside it.
            off = 1e-5 if name.startswith("hard") else 0.0
            expected = pytest.approx([one.log_prob for one in right], abs=off, rel=0)
            assert [one.log_prob for one in left] == expected


@pytest.mark.parametrize("bridge", ["zero", "last", "projected"])
def test_bridges_as_they_are_written_down(bridge):
    config = DecoderConfig(hidden_size=D, bridge=bridge, cell="lstm")
    decoder = STEPS.get("unfed")(E, D, config)
    memory = source(decoder)
    state = decoder.initial_state(4, memory).layers[0]
    end = memory.last
    if bridge == "projected":
        [one] = decoder.bridges
        expected = {name: torch.tanh(end @ one.weights[name].t() + one.biases[name]) for name in "hc"}
    else:
        expected = {"h": end if bridge == "last" else torch.zeros(4, D), "c": torch.zeros(4, D)}
    torch.testing.assert_close(state.h, expected["h"])
    torch.testing.assert_close(state.c, expected["c"])
    rows = torch.tensor([2, 0])
    torch.testing.assert_close(decoder.initial_state(2, memory.select(rows)).layers[0].h, expected["h"][rows])


@pytest.mark.skipif(module() is None, reason="the compiled module is not there")
def test_a_decoder_says_whether_compiled_code_makes_whole_targets(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "auto")
    assert all(make(name, cell="gru").compiled for name in STEPS.names())
    assert not any(make(name, cell="lstm_1997").compiled for name in STEPS.names())
    assert make("unfed", cell="lstm", num_layers=2).compiled
    assert not any(make(name, cell="lstm", num_layers=2).compiled for name in ("luong", "bahdanau"))
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    assert not any(make(name, cell="gru").compiled for name in STEPS.names())


@pytest.mark.parametrize(("layers", "how"), [(1, "each target at once, in compiled code"), (2, "step by step")])
@pytest.mark.skipif(module() is None, reason="the compiled module is not there")
def test_the_start_of_a_training_says_which_way_runs(monkeypatch, layers, how):
    monkeypatch.setenv("ELMAN_KERNELS", "auto")
    tokens = Tokens([str(number) for number in range(V)], marks={"start": START, "end": END})
    config = EncoderDecoder.Config(decoder="luong", decoder_layers=layers, hidden_size=4)
    assert EncoderDecoder(config, {"source": tokens}, {"target": tokens}).ways == {"decoder": f"luong, {how}"}


def test_cells_of_a_decoder_are_those_of_its_options():
    decoder = make("unfed", cell="gru", num_layers=1, decoder_layers=2)
    assert [type(cell) for cell in decoder.cells] == [CELLS.get("gru")] * 2


def test_attention_between_layers_needs_two():
    with pytest.raises(ConfigError, match=r"between needs two layers of the decoder or more: got 1. Set model.decoder"):
        STEPS.get("between")(E, D, DecoderConfig(hidden_size=H, decoder="between"))


def test_B16_the_context_is_the_same_at_every_step_and_depends_on_the_end_alone():
    decoder = make("context", cell="gru", bridge="zero")
    memory, packing, rows = source(decoder), Packing(4, 2), torch.randn(8, E)

    def run(memory):
        return unroll(decoder, rows, packing, decoder.initial_state(4, memory), memory).outputs

    other = memory._replace(values=memory.values + 1, keys=memory.keys + 1)
    assert torch.equal(run(memory), run(other))
    c = torch.tanh(decoder.end.layers[0](memory.last))
    h, _ = decoder.cells[0](torch.cat([rows[:4], c], -1), decoder.cells[0].initial_state(4))
    expected = torch.tanh(decoder.join.layers[0](torch.cat([h, rows[:4], c], -1)))
    torch.testing.assert_close(run(memory)[:4], expected, atol=1e-12, rtol=0)


def test_B16_where_no_place_is_looked_at_the_source_is_its_end():
    decoder = make("initial", cell="gru")
    memory, packing, rows = source(decoder), Packing(4, 1), torch.randn(4, E)
    state = decoder.initial_state(4, memory)
    found = unroll(decoder, rows, packing, state, memory).outputs
    torch.testing.assert_close(found, decoder.cells[0](rows, state.layers[0])[0], atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", LOOKS)
def test_paths_that_share_a_source_look_at_it_together(name):
    decoder = make(name, cell="gru")
    memory = source(decoder)
    rows = torch.tensor([0, 0, 0, 1, 3, 3])
    shared, own = memory.select(rows), memory.select(rows).spread()
    x, state = torch.randn(6, E), decoder.initial_state(6, shared)
    state = state.map(torch.randn_like)
    one, other = (decoder.values(decoder.project(x), state, each) for each in (shared, own))
    for letter in ("weights", "context", "y"):
        torch.testing.assert_close(one[letter], other[letter], atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_kept_of_whole_targets_is_that_of_their_steps(name):
    decoder = make(name, cell="gru", num_layers=2, dropout=0.5)
    memory, packing = source(decoder), Packing(4, 5, LENGTHS)
    rows, state = packing.pack(torch.randn(4, 5, E)), decoder.initial_state(4, memory)
    state = state.map(torch.randn_like)
    for step in (decoder, decoder.under(Noise(1, 0), packing)):
        for keep in (["weights", "context"], ["context"], ["weights", "y"]):
            made, each = (run(step, rows, packing, state, memory, keep=keep) for run in (unroll, loop))
            torch.testing.assert_close(made.outputs, each.outputs, atol=1e-12, rtol=0)
            for left, right in zip(made.state.tensors(), each.state.tensors(), strict=True):
                torch.testing.assert_close(left, right, atol=1e-12, rtol=0)
            assert list(made.kept) == keep
            for letter in keep:
                for left, right in zip(made.kept[letter], each.kept[letter], strict=True):
                    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def copying_stepper(name, layers=2, lengths=(4, 2, 3)):
    """Return a decoder that copies; of its sources some have a word twice, some words that no vocabulary has."""
    decoder = make(name, cell="gru", num_layers=layers)
    head, embedding = PointerHead(H, Tokens([str(number) for number in range(V)]), beside=D + E), Embedding(V, E)
    for parameter in (*head.parameters(), *embedding.parameters()):
        parameter.data = torch.randn_like(parameter)
    places = torch.tensor([[V, 2, V, END], [3, END, -1, -1], [V + 1, V, END, -1]])[[0, 1, 2][: len(lengths)]]
    with torch.no_grad():
        return CopyingStepper(embedding, decoder, head, source(decoder, lengths), (START, END, 0), places)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", LOOKS)
def test_a_search_that_copies_finds_the_best_there_is_and_scores_it_as_reading_does(name, layers):
    model, inputs, longest = copying_stepper(name, layers), np.arange(3), 2
    others = [token for token in range(V + 2) if token != END]
    every = [ids for length in range(longest) for ids in itertools.product(others, repeat=length)]
    table = []
    for ids in every:
        row = np.array([[START, *ids, END]] * 3)
        whole = model.read(row, None, model.begin(inputs))
        each = Stepper.read(model, row, None, model.begin(inputs))
        np.testing.assert_allclose(whole.nats, each.nats, atol=1e-12)
        table.append(-whole.nats.sum(1))
    found = search(model, [np.empty(0, np.int64)] * 3, np.full(3, longest), Beam(99, 2, SumOfLogs()))
    for number, (first, second) in enumerate(found):
        order = np.argsort(-np.array(table)[:, number], kind="stable")
        assert [tuple(first.ids), tuple(second.ids)] == [every[order[0]], every[order[1]]]
        assert first.log_prob == pytest.approx(table[order[0]][number], abs=1e-10)
    with torch.no_grad():  # unknown words of another source have no probability
        first, _ = model.advance(np.full(3, START), model.begin(inputs))
    assert np.isfinite(first).sum(1).tolist() == [V + 1, V, V + 2]
    np.testing.assert_allclose(np.exp(first).sum(1), 1, atol=1e-12)


@pytest.mark.parametrize("name", LOOKS)
def test_an_unknown_word_that_was_copied_is_read_as_the_unknown_token(name):
    model, inputs = copying_stepper(name), np.arange(3)
    state = model.begin(inputs)
    known, copied = (model.advance(np.array(ids), state)[0] for ids in ([0, 0, 0], [V, 0, V + 1]))
    np.testing.assert_array_equal(known, copied)


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_copied_does_not_depend_on_what_else_is_searched_for(name):
    model, nothing, most = copying_stepper(name), np.empty(0, np.int64), np.array([5, 3, 6])
    together = search(model, [nothing] * 3, most, Beam(4, 2, SumOfLogs()))
    for number in range(3):
        alone = CopyingStepper(model._embedding, model._step, model._head,
                               model._memory.select(torch.tensor([number])).spread(), (START, END, 0),
                               model._places[[number]])  # fmt: skip
        [found] = search(alone, [nothing], most[[number]], Beam(4, 2, SumOfLogs()))
        for one, other in zip(found, together[number], strict=True):
            assert one.ids == other.ids
            assert one.log_prob == pytest.approx(other.log_prob, abs=1e-10)


FORCED_LENGTHS = np.array([4, 1, 3])


def forced_ids(most):
    rng = np.random.default_rng(3)
    return np.concatenate([np.full((3, 1), START), rng.integers(0, most, (3, 3))], 1)


def assert_forced_is_stepping(model, ids, lengths=FORCED_LENGTHS):
    """Hold what is written behind given tokens, all at once, against a step for each, from two states."""
    for first in (model.begin(np.arange(len(ids))), model.advance(ids[:, 0], model.begin(np.arange(len(ids))))[1]):
        for counts in (lengths, None):
            state, real = first, np.arange(3) < (4 if counts is None else counts[:, None]) - 1
            expected = []
            for step in range(3):
                log_probs, state = model.advance(ids[:, step], state)
                expected.append(log_probs.argmax(1))
            real = np.broadcast_to(real, (len(ids), 3))
            for found in (model.forced(ids, counts, first), Stepper.forced(model, ids, counts, first)):
                np.testing.assert_array_equal(found[real], np.stack(expected, 1)[real])
            one, other = model.read(ids, counts, first), Stepper.read(model, ids, counts, first)
            np.testing.assert_allclose(one.nats, other.nats, atol=1e-12)
            after, expected = (model.advance(ids[:, -1], each.state)[0] for each in (one, other))
            np.testing.assert_allclose(after, expected, atol=1e-12)
    assert model.forced(ids[:, :1], None, first).shape == (3, 0)
    assert model.forced(ids, np.ones(3, np.int64), first).shape == (3, 3)


@every_decoder
def test_what_is_written_behind_right_tokens_is_what_the_steps_say(name):
    assert_forced_is_stepping(stepper(name, (4, 2, 3)), forced_ids(V))


@pytest.mark.parametrize("attention", SCORES.names())
@pytest.mark.parametrize("name", ["unfed", "luong"])
def test_what_is_written_behind_right_tokens_under_every_attention(name, attention):
    tokens = Tokens([str(number) for number in range(V)], marks={"start": START, "end": END})
    config = EncoderDecoder.Config(decoder=name, cell="gru", hidden_size=4, attention=attention, merge="sum")
    network = EncoderDecoder(config, {"source": tokens}, {"target": tokens})
    for parameter in network.parameters():
        parameter.data = torch.randn_like(parameter)
    batch = Batch(3, {"source": Padded(np.array([[2, 3, 1], [2, 1, 0], [3, 3, 1]]), np.array([3, 2, 3]))})
    assert_forced_is_stepping(network.stepper(batch), forced_ids(V))


@pytest.mark.parametrize("name", LOOKS)
def test_what_is_copied_behind_right_tokens_is_what_the_steps_say(name):
    model = copying_stepper(name)
    assert_forced_is_stepping(model, forced_ids(V + 2))
    assert_forced_is_stepping(Ensemble([model, model]), forced_ids(V + 2))


def test_models_that_copy_write_together():
    model, inputs = copying_stepper("unfed"), np.arange(3)
    other = copying_stepper("luong")
    both = Ensemble([model, other])
    log_probs, state = both.advance(np.full(3, START), both.begin(inputs))
    each = [one.advance(np.full(3, START), one.begin(inputs))[0] for one in (model, other)]
    np.testing.assert_allclose(np.exp(log_probs), np.mean(np.exp(each), 0), atol=1e-12)
    after, _ = both.advance(np.array([V, 2, V + 1]), state)
    np.testing.assert_allclose(np.exp(after).sum(1), 1, atol=1e-12)
    [[found], *_] = search(both, [np.empty(0, np.int64)] * 3, np.full(3, 4), Beam(5, 1, SumOfLogs()))
    assert found.ended


@pytest.mark.parametrize("attention", SCORES.names())
@pytest.mark.parametrize("name", ["unfed", "luong"])
def test_every_attention_in_a_decoder(name, attention):
    config = DecoderConfig(hidden_size=D, decoder=name, cell="gru", attention=attention)
    decoder = STEPS.get(name)(E, D, config)
    memory, packing = source(decoder), Packing(4, 5, LENGTHS)
    decoder = Counted(decoder) if SCORES.get(attention).counts_steps else decoder
    rows, state = packing.pack(torch.randn(4, 5, E)), decoder.initial_state(4, memory)
    whole, each = unroll(decoder, rows, packing, state, memory), loop(decoder, rows, packing, state, memory)
    torch.testing.assert_close(whole.outputs, each.outputs, atol=1e-12, rtol=0)
    paths = torch.tensor([0, 0, 1, 3])
    shared, state = memory.select(paths), decoder.initial_state(4, memory.select(paths)).map(torch.randn_like)
    inputs = decoder.project(torch.randn(4, E))
    one, other = (decoder.values(inputs, state, each) for each in (shared, shared.spread()))
    torch.testing.assert_close(one["weights"], other["weights"], atol=1e-12, rtol=0)
    torch.testing.assert_close(one["y"], other["y"], atol=1e-12, rtol=0)
