"""The only loops over a recurrence: over given inputs, and over what is chosen on the way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.cells.base import Cell, Memory, State, Step
from elman.layers import sequences
from elman.layers.packing import Packing


class Unrolled(NamedTuple):
    """What a recurrence gives.

    Args:
        outputs: packed rows of `unroll`, (N, O); (B, T, O) of `feed`.
        state: of each row of the batch, after its last step.
        kept: by letter, what each step gave, in the order in which the steps were made.
    """

    outputs: Tensor
    state: Any
    kept: Mapping[str, list[Any]]


Choose = Callable[[Tensor, int], Any]
"""`(output_t (B, O), t) -> input of step t + 1`, what `first` is to step 0."""

Ended = Callable[[Tensor, int], Tensor]
"""`(output_t (B, O), t) -> (B,)`, True where a row needs no step after t."""


def unroll(
    step: Step,
    rows: Any,
    packing: Packing,
    state: Any,
    memory: Memory | None = None,
    backwards: bool = False,
    keep: Sequence[str] = (),
) -> Unrolled:
    """Run a step over every time step of a packed batch.

    A step that can make the whole sequence in a faster way does so; everything else, and every single step, runs in
    `loop`. All give the same numbers.

    Args:
        step: a cell, or any other step.
        rows: packed inputs, time-major; a tuple of them where a step reads several things.
        packing: how they are packed.
        state: the state before the first step that is read, rows in the order of the batch.
        memory: what the step may look at, rows in the order of the batch.
        backwards: read every sequence from its last real step to its first.
        keep: letters of `values` that are wanted of each step; with some, every step is made by itself.
    """
    if not packing.batch_sizes:
        return Unrolled(_leaf(rows).new_zeros(0, step.output_size), state, {letter: [] for letter in keep})
    if not keep:
        if isinstance(step, Cell):
            found = sequences.whole(step, rows, packing, state, None, backwards)
        else:
            found = step.whole(rows, packing, state, memory, backwards)
        if found is not None:
            return Unrolled(*found, {})
    elif not backwards:
        traced = step.traced(rows, packing, state, memory, keep)
        if traced is not None:
            outputs, last, kept = traced
            return Unrolled(outputs, last, {letter: list(kept[letter].split(packing.batch_sizes)) for letter in keep})
    if not backwards:
        return loop(step, rows, packing, state, memory, keep)
    made = loop(step.backwards(packing), _each(packing.reverse, rows), packing, state, memory, keep)
    return made._replace(outputs=packing.reverse(made.outputs))


def loop(
    step: Step,
    rows: Any,
    packing: Packing,
    state: Any,
    memory: Memory | None = None,
    keep: Sequence[str] = (),
) -> Unrolled:
    """Run a step over time in Python: the definition that every faster way must equal.

    `project` runs over all rows at once. Rows whose sequence has ended leave the batch, and their state is kept as it
    was; what they look at leaves with them.
    """
    rows, current = step.project(rows), packing.sort(state)
    memory = packing.sort_memory(memory)
    outputs, finished, first = [], [], 0
    kept: dict[str, list[Any]] = {letter: [] for letter in keep}
    active = packing.batch_size
    for size in packing.batch_sizes:
        if size < active:
            finished.append(_rows(current, size, active))
            current, active = _rows(current, 0, size), size
            memory = None if memory is None else memory.first(size)
        input_t = _each(lambda tensor, start=first, stop=first + size: tensor[start:stop], rows)  # type: ignore[misc]
        output, current = _advance(step, input_t, current, memory, kept)
        outputs.append(output)
        first += size
    last = State.join([current, *reversed(finished)])
    return Unrolled(torch.cat(outputs), packing.restore(last), kept)


def feed(
    step: Step,
    first: Any,
    choose: Choose,
    ended: Ended,
    state: Any,
    memory: Memory | None = None,
    keep: Sequence[str] = (),
) -> Unrolled:
    """Run a step on what is chosen from what it gave, until every row has ended.

        y_t, s_t = step(x_t, s_{t-1});    x_{t+1} = choose(y_t, t)

    Args:
        step: any step, with its noise drawn if it has some (`Step.under`).
        first: x_0, (B, ...); a tuple of them where a step reads several things.
        choose: gives the next input; gradients go through it unless it cuts them.
        ended: says which rows need no further step. Their state stays, and what comes after is 0 in the outputs.
        state: before the first step.
        memory: what the step may look at.
        keep: letters of `values` that are wanted of each step, of all rows.
    """
    outputs, input_t = [], first
    kept: dict[str, list[Any]] = {letter: [] for letter in keep}
    done: Tensor | None = None
    while done is None or not bool(done.all()):
        output, after = _advance(step, step.project(input_t), state, memory, kept)
        if done is None:
            state, done = after, ended(output, 0)
            outputs.append(output)
        else:
            state = state.where(done, after)
            outputs.append(output.masked_fill(done[:, None], 0.0))
            done = done | ended(output, len(outputs) - 1)
        if not bool(done.all()):
            input_t = choose(output, len(outputs) - 1)
    return Unrolled(torch.stack(outputs, 1), state, kept)


def _advance(
    step: Step, input_t: Any, state: Any, memory: Memory | None, kept: Mapping[str, list[Any]]
) -> tuple[Tensor, Any]:
    """Make one step, and keep of it what is wanted."""
    if not kept:
        return step.recur(input_t, state, memory)
    values = step.values(input_t, state, memory)
    for letter, quantities in kept.items():
        quantities.append(values[letter])
    return values[step.output], state.filled(values)


def _each(function: Callable[[Tensor], Tensor], rows: Any) -> Any:
    return tuple(map(function, rows)) if isinstance(rows, tuple) else function(rows)


def _leaf(rows: Any) -> Tensor:
    return rows[0] if isinstance(rows, tuple) else rows


def _rows(state: State, first: int, stop: int) -> State:
    return state.map(lambda tensor: tensor[first:stop])
