"""Steps of every kind through the two loops and the one search, against making each step by hand."""

import itertools

import numpy as np
import pytest
import torch

from elman.cells.base import Memory, State
from elman.decoding.length_rules import Average, LengthPenalty, SumOfLogs
from elman.decoding.search import Beam, search
from elman.layers.packing import Packing
from elman.layers.unroll import feed, unroll
from tests.gradients import equal_finite_differences
from tests.layers.toy_steps import STEPS, Chosen, H, I, Source, StepStepper, make, source

pytestmark = pytest.mark.usefixtures("float64")
every_step = pytest.mark.parametrize("name", STEPS)
B, T = 4, 5
LENGTHS = [None, [5, 2, 0, 4]]


def somewhere(step, memory, size=B):
    return step.initial_state(size, memory).map(torch.randn_like)


def same(left, right):
    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def same_state(left, right):
    assert type(left) is type(right)
    for one, other in zip(left.tensors(), right.tensors(), strict=True):
        same(one, other)


def by_hand(step, x, state, memory, row, length):
    """Return the quantities of each step of one row, and its last state."""
    rows = torch.tensor([row])
    state, memory, made = state.select(rows), memory.select(rows), []
    for t in range(length):
        made.append(step.values(step.project(x[row : row + 1, t]), state, memory))
        state = state.filled(made[-1])
    return made, state


@every_step
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("backwards", [False, True])
def test_unroll_makes_the_steps_of_each_row(name, lengths, backwards):
    step, memory, x = make(name), source(B), torch.randn(B, T, I)
    before = somewhere(step, memory)
    packing = Packing(B, T, None if lengths is None else torch.tensor(lengths))
    made = unroll(step, packing.pack(x), packing, before, memory, backwards)
    outputs = packing.unpack(made.outputs)
    for row, length in enumerate(lengths or [T] * B):
        turned = x.clone()
        if backwards:
            turned[row, :length] = x[row, :length].flip(0)
        steps, last = by_hand(step, turned, before, memory, row, length)
        same_state(made.state.select(torch.tensor([row])), last)
        for t, values in enumerate(steps):
            same(outputs[row, length - 1 - t if backwards else t], values[step.output][0])
        assert (outputs[row, length:] == 0).all()


@every_step
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
def test_what_is_kept_are_the_quantities_of_each_step(name, lengths):
    step, memory, x = make(name), source(B), torch.randn(B, T, I)
    before = somewhere(step, memory)
    packing = Packing(B, T, None if lengths is None else torch.tensor(lengths))
    keep = (*step.traces, step.output)
    plain, kept = (unroll(step, packing.pack(x), packing, before, memory, keep=some) for some in ((), keep))
    same(kept.outputs, plain.outputs)
    same_state(kept.state, plain.state)
    assert not plain.kept
    for letter in keep:
        found = packing.unpack(torch.cat(kept.kept[letter]))
        for row, length in enumerate(lengths or [T] * B):
            for t, values in enumerate(by_hand(step, x, before, memory, row, length)[0]):
                same(found[row, t], values[letter][0])


@every_step
def test_gradients_of_a_ragged_batch_equal_finite_differences(name):
    step, memory = make(name), source(3)
    packing, parameters = Packing(3, 2, torch.tensor([2, 1, 2])), list(step.parameters())
    before = somewhere(step, memory, 3)

    def function(x, values, *parts):
        leaves = iter(parts[: len(list(before.tensors()))])
        made = unroll(
            step, packing.pack(x), packing, before.map(lambda _: next(leaves)), memory._replace(values=values)
        )
        return made.outputs, *made.state.tensors()

    given = (torch.randn(3, 2, I), memory.values, *before.tensors())
    assert equal_finite_differences(function, (*(each.requires_grad_() for each in given), *parameters))


@every_step
def test_a_state_and_a_memory_are_values(name):
    step, memory = make(name), source(B)
    one, other = somewhere(step, memory), somewhere(step, memory)
    mixed = one.where(torch.tensor([True, False, False, True]), other)
    same_state(mixed.select(torch.tensor([0, 3])), one.select(torch.tensor([0, 3])))
    same_state(mixed.select(torch.tensor([2, 1])), other.select(torch.tensor([2, 1])))
    same_state(
        State.join([one, other]).select(torch.tensor([5, 0])), State.join([other, one]).select(torch.tensor([1, 4]))
    )
    chosen = memory.select(torch.tensor([2, 2, 0])).select(torch.tensor([2, 0]))
    assert chosen.values is memory.values  # paths share their input
    spread = chosen.spread()
    assert spread.rows is None
    assert torch.equal(spread.values, memory.values[[0, 2]])
    assert torch.equal(chosen.first(1).spread().values, memory.values[:1])
    assert memory.spread() is memory
    assert isinstance(memory, Memory)


@every_step
def test_rows_that_share_an_input_do_as_if_each_had_its_own(name):
    step, memory, x = make(name), source(2), torch.randn(5, T, I)
    shared = memory.select(torch.tensor([0, 0, 0, 1, 1]))
    before, packing = somewhere(step, shared, 5), Packing(5, T, torch.tensor([1, 5, 0, 3, 5]))
    found = unroll(step, packing.pack(x), packing, before, shared)
    expected = unroll(step, packing.pack(x), packing, before, shared.spread())
    same(found.outputs, expected.outputs)
    same_state(found.state, expected.state)


@every_step
def test_feed_is_unroll_on_what_was_chosen(name):
    step, memory, first = make(name), source(B), torch.randn(B, I)
    before, weight = somewhere(step, memory), torch.randn(step.output_size, I)
    lengths, chosen = torch.tensor([3, 1, 5, 2]), [first]

    def choose(output, t):
        chosen.append(torch.sin(output @ weight) + t)
        return chosen[-1]

    made = feed(step, first, choose, lambda _, t: lengths <= t + 1, before, memory, keep=step.traces)
    assert len(chosen) == made.outputs.shape[1] == 5
    packing = Packing(B, 5, lengths)
    expected = unroll(step, packing.pack(torch.stack(chosen, 1)), packing, before, memory)
    same(made.outputs, packing.unpack(expected.outputs))
    same_state(made.state, expected.state)
    assert all(len(each) == 5 for each in made.kept.values())


@every_step
def test_gradients_go_through_what_is_fed(name):
    step, memory = make(name), source(2)
    weight = torch.randn(step.output_size, I)

    def function(first):
        ended = lambda _, t: torch.tensor([t >= 2, t >= 1])  # noqa: E731
        return feed(step, first, lambda y, _: y @ weight, ended, step.initial_state(2, memory), memory).outputs

    assert equal_finite_differences(function, (torch.randn(2, I, requires_grad=True),))


def test_inputs_may_be_several_things_at_once():
    step, x, ids = Chosen(), torch.randn(B, T, I), torch.randint(5, (B, T))
    packing = Packing(B, T, torch.tensor([2, 5, 0, 4]))
    before = somewhere(step, None)
    for backwards in (False, True):
        made = unroll(step, (packing.pack(x), packing.pack(ids)), packing, before, backwards=backwards)
        plain = unroll(step.cell, packing.pack(x + step.table[ids]), packing, before, backwards=backwards)
        same(made.outputs, plain.outputs)
        same_state(made.state, plain.state)
    none = Packing(2, 0)
    made = unroll(step, (x[:2, 0][:0], ids[0, :0]), none, somewhere(step, None, 2), keep=("h",))
    assert made.outputs.shape == (0, H)
    assert made.kept == {"h": []}


def every(stepper, number, most):
    """Yield every path of an input and its log-probability, token by token."""
    others = [token for token in range(stepper.size) if token != stepper.end]
    for length in range(most):
        for path in itertools.product(others, repeat=length):
            state, total, before = stepper.begin(np.array([number])), 0.0, stepper.start
            for token in (*path, stepper.end):
                log_probs, state = stepper.advance(np.array([before]), state)
                total, before = total + float(log_probs[0, token]), token
            yield total, list(path)


@every_step
@pytest.mark.parametrize("rule", [SumOfLogs(), Average(), LengthPenalty()], ids=str)
def test_search_finds_the_best_of_all_sequences_and_reading_scores_them_alike(name, rule):
    stepper, most = StepStepper(make(name), 3, 0, 2, source(3)), 5
    found = search(stepper, [np.empty(0, np.int64)] * 3, np.full(3, most), Beam(40, 3, rule))
    for number, paths in enumerate(found):
        scored = [
            (float(rule.score(np.array(total), np.array(len(path) + 1))), path)
            for total, path in every(stepper, number, most)
        ]
        expected = sorted(scored, reverse=True)[:3]
        assert [one.ids for one in paths] == [path for _, path in expected]
        assert [one.score for one in paths] == pytest.approx([score for score, _ in expected], abs=1e-10)
    every_path = [(number, one) for number, paths in enumerate(found) for one in paths]
    ids = np.full((len(every_path), most + 1), 1)
    lengths = np.array([len(one.ids) + 2 for _, one in every_path])
    for row, (_, one) in zip(ids, every_path, strict=True):
        row[: len(one.ids) + 2] = [0, *one.ids, 2]
    read = stepper.read(ids, lengths, stepper.begin(np.array([number for number, _ in every_path])))
    assert -read.nats.sum(1) == pytest.approx([one.log_prob for _, one in every_path], abs=1e-10)


def test_a_search_tells_where_its_paths_looked():
    stepper = StepStepper(make("attention"), 3, 0, 2, source(2))
    for paths in search(stepper, [np.empty(0, np.int64)] * 2, np.full(2, 6), Beam(3, 2)):
        assert all(one.looked.shape == (len(one.ids) + 1, 3) for one in paths)


def test_an_empty_source_is_looked_at_nowhere():
    step, memory = make("attention"), source(5)
    made = unroll(step, torch.randn(5, I), Packing(5, 1), step.initial_state(5, memory), memory, keep=("weights",))
    assert torch.equal(made.kept["weights"][0][4], torch.zeros(3))
    assert made.kept["weights"][0][:4].sum(1).tolist() == pytest.approx([1.0] * 4)
    assert isinstance(memory, Source)
