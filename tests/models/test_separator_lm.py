"""Source and target as one text: what is read, what is trained, and what goes on from a source."""

import itertools

import numpy as np
import pytest
import torch

from elman.config import Settings
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.decoding.ensemble import Ensemble
from elman.decoding.length_rules import SumOfLogs
from elman.decoding.search import Beam, greedy, search
from elman.errors import ConfigError
from elman.layers.packing import Packing
from elman.layers.unroll import loop
from elman.models.separator_lm import SeparatorLM
from elman.moment import Moment, Noise
from tests.gradients import equal_finite_differences

V, END = 5, 1
TOKENS = Tokens(["<unk>", "</s>", "a", "b", "<sep>"], marks={"start": END, "end": END, "unknown": 0})
SOURCES = [[2, 3, 4, END], [END], [4, 2, END]]
TARGETS = [[3, END], [2, 2, 4, END], [END]]


def make(**options):
    """Return a model with weights that are not small."""
    config = SeparatorLM.Config(
        **{"hidden_size": 6, "num_layers": 2, "dropout": 0.0, "label_smoothing": 0.0, "cell": "gru", **options}
    )
    model = SeparatorLM(config, {"source": TOKENS}, {"target": TOKENS})
    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.data = torch.randn_like(parameter) * 0.7
    return model.double()


def padded(rows):
    lengths = np.array([len(row) for row in rows])
    values = np.zeros((len(rows), lengths.max()), np.int64)
    for row, ids in zip(values, rows, strict=True):
        row[: len(ids)] = ids
    return Padded(values, lengths)


def batch(rows=(0, 1, 2), targets=TARGETS):
    fields = {"source": padded([SOURCES[row] for row in rows])}
    if targets is not None:
        fields["target"] = padded([targets[row] for row in rows])
    return Batch(len(rows), fields)


def nats_of(model, source, target):
    """Return -log p of each token of one target, from the cells alone, and of each of the source but the first."""
    read = torch.tensor([*source[:-1], V, *target[:-1]])
    rows = model.embedding(read)
    for cell in model.recurrent.layers:
        packing = Packing(1, len(read))
        rows = loop(cell, rows, packing, cell.initial_state(1)).outputs
    log_probs = torch.log_softmax(model.head.logits(rows), -1)
    n = len(source) - 1
    behind = [-log_probs[n + place, token] for place, token in enumerate(target)]
    before = [-log_probs[place, token] for place, token in enumerate(source[1:])]
    return torch.stack(behind), torch.stack(before) if before else rows.new_zeros(0)


def test_D11_the_loss_is_that_of_each_target_right_behind_its_source():
    model = make()
    found = model.loss(batch(), model.initial_state(3), None)
    each = [nats_of(model, *pair)[0] for pair in zip(SOURCES, TARGETS, strict=True)]
    assert found.heads["target"].targets == 7
    assert found.heads["target"].nats.item() == pytest.approx(torch.cat(each).sum().item(), abs=1e-9)
    assert not found.penalties
    for row in range(3):
        alone = model.loss(batch([row]), None, None).heads["target"].nats
        assert alone.item() == pytest.approx(each[row].sum().item(), abs=1e-9)


def test_the_source_is_trained_where_that_is_wanted():
    model = make(source_weight=0.3)
    found, before = model.loss(batch(), None, Moment(Noise(0, 0))), batch()
    of_sources = torch.cat([nats_of(model, *pair)[1] for pair in zip(SOURCES, TARGETS, strict=True)])
    assert found.penalties["source"].squares.item() == pytest.approx(of_sources.sum().item(), abs=1e-9)
    assert found.penalties["source"].value.item() == pytest.approx(0.3 * of_sources.mean().item(), abs=1e-9)
    assert model.penalty_terms(before)["source"] == len(of_sources) == 5


def test_gradients_equal_finite_differences():
    model = make(source_weight=0.5, num_layers=1, hidden_size=3)
    names, values = zip(*model.named_parameters(), strict=True)

    def function(*parameters):
        return torch.func.functional_call(model, dict(zip(names, parameters, strict=True)), ())

    def total():
        found = model.loss(batch(), None, Moment(Noise(0, 0)))
        return found.heads["target"].nats + found.penalties["source"].value

    model.forward = total
    assert equal_finite_differences(function, values)


def test_penalties_of_the_stack_are_means_over_both_texts():
    options = {"regularization": {"activation_penalty": 1.0, "temporal_penalty": 2.0}, "source_weight": 0.5}
    model = make(**options)
    found = model.loss(batch(), None, Moment(Noise(0, 0)))
    assert {name: one.terms for name, one in found.penalties.items()} == model.penalty_terms(batch())


@pytest.mark.parametrize("cell", ["gru", "peephole_lstm"])  # in compiled code, and in torch
def test_a_search_finds_the_best_there_is_and_scores_it_as_the_loss_does(cell):
    model, longest = make(cell=cell), 3
    stepper, inputs, nothing = model.stepper(batch(targets=None)), np.arange(3), np.empty(0, np.int64)
    assert (stepper.size, stepper.start, stepper.end) == (V, V, END)
    others = [token for token in range(V) if token != END]
    every = [ids for length in range(longest) for ids in itertools.product(others, repeat=length)]
    rows = [np.array([[V, *ids, END]] * 3) for ids in every]
    table = np.array([-stepper.read(row, None, stepper.begin(inputs)).nats.sum(1) for row in rows])
    found = search(stepper, [nothing] * 3, np.full(3, longest), Beam(99, 2, SumOfLogs()))
    for number, (first, second) in enumerate(found):
        order = np.argsort(-table[:, number], kind="stable")
        assert [tuple(first.ids), tuple(second.ids)] == [every[order[0]], every[order[1]]]
        expected = nats_of(model, SOURCES[number], [*first.ids, END])[0].sum().item()
        assert -first.log_prob == pytest.approx(expected, abs=1e-5 if cell == "lstm" else 1e-9)
        assert first.looked is None


def test_no_result_depends_on_what_else_is_searched_for_and_prefixes_are_kept():
    model, nothing, most = make(), np.empty(0, np.int64), np.array([5, 6, 4])
    prefixes = [np.array([2]), nothing, np.array([3, 0])]
    stepper = model.stepper(batch(targets=None))
    together = search(stepper, prefixes, most, Beam(3, 2, SumOfLogs()))
    straight = greedy(stepper, prefixes, most)
    assert together[2][0].ids[:2] == [3, 0]
    for row in range(3):
        alone = model.stepper(batch([row], None))
        [paths] = search(alone, prefixes[row : row + 1], most[[row]], Beam(3, 2, SumOfLogs()))
        assert [one.ids for one in paths] == [one.ids for one in together[row]]
        assert paths[0].log_prob == pytest.approx(together[row][0].log_prob, abs=1e-9)
        assert greedy(alone, prefixes[row : row + 1], most[[row]])[0][0].ids == straight[row][0].ids


@pytest.mark.parametrize("cell", ["gru", "peephole_lstm"])  # in compiled code, and in torch
def test_what_is_written_behind_right_tokens_is_what_the_steps_say(cell):
    model = make(cell=cell)
    stepper, inputs = model.stepper(batch(targets=None)), np.arange(3)
    rng, lengths = np.random.default_rng(1), np.array([5, 1, 3])
    ids = np.concatenate([np.full((3, 1), V), rng.integers(0, V, (3, 4))], 1)
    state, expected = stepper.begin(inputs), []
    for step in range(4):
        log_probs, state = stepper.advance(ids[:, step], state)
        expected.append(log_probs.argmax(1))
    real = np.arange(4) < lengths[:, None] - 1
    found = stepper.forced(ids, lengths, stepper.begin(inputs))
    np.testing.assert_array_equal(found[real], np.stack(expected, 1)[real])
    np.testing.assert_array_equal(stepper.forced(ids, None, stepper.begin(inputs)), np.stack(expected, 1))
    assert stepper.forced(ids[:, :1], None, stepper.begin(inputs)).shape == (3, 0)


def test_models_write_together():
    one, other = make(), make(cell="lstm")
    steppers = [model.stepper(batch(targets=None)) for model in (one, other)]
    both = Ensemble(steppers)
    found, _ = both.advance(np.full(3, both.start), both.begin(np.arange(3)))
    each = [stepper.advance(np.full(3, V), stepper.begin(np.arange(3)))[0] for stepper in steppers]
    np.testing.assert_allclose(np.exp(found), np.mean(np.exp(each), 0), atol=1e-7)


def test_two_vocabularies_and_both_directions_are_refused():
    other = Tokens(["<unk>", "</s>"], marks=TOKENS.marks)
    message = "separator_lm reads source and target as one text, in one vocabulary: got 2 and 5 tokens. Set task.joint"
    with pytest.raises(ConfigError, match=message):
        SeparatorLM(SeparatorLM.Config(), {"source": other}, {"target": TOKENS})
    with pytest.raises(ConfigError, match="bidirectional: a language model sees left context only"):
        Settings({"model": {"bidirectional": True}}).build("model", SeparatorLM.Config)
