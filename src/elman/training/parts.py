"""The gradient of a batch, as a sum over its parts that is divided once."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from elman.cells.base import State
from elman.data.records import Batch
from elman.models.base import BatchLoss
from elman.moment import Moment

Reduce = Callable[[Sequence[float]], Sequence[float]]
"""Adds numbers over all who work on the same update."""


class Part(NamedTuple):
    """Some rows of a batch.

    Args:
        batch: the rows.
        state: theirs.
        moment: theirs, with noise of their own.
        terms: how many each penalty of the part is a mean of.
    """

    batch: Batch
    state: State
    moment: Moment
    terms: Mapping[str, int]


class Sums(NamedTuple):
    """What the parts gave together.

    Args:
        loss: what was differentiated.
        nats: losses of the heads.
        targets: how many.
        penalties: by name.
        state: after the batch.
        shares: what to know of the batch besides, by name.
    """

    loss: float
    nats: float
    targets: int
    penalties: Mapping[str, float]
    state: State
    shares: Mapping[str, tuple[int, int]] = {}


def alone(numbers: Sequence[float]) -> Sequence[float]:
    """Return the sums where nobody else works on the update."""
    return numbers


def split(
    batch: Batch,
    state: State,
    number: int,
    terms: Callable[[Batch], Mapping[str, int]],
    moment: Callable[[int], Moment],
    initial: Callable[[int], State],
) -> list[Part]:
    """Return the parts of a batch, row after row, all about as large.

    Args:
        batch: of at least one row.
        state: before it.
        number: of parts, if there are rows for so many.
        terms: says how many the penalties of a batch are means of.
        moment: makes the moment of a part, given its number.
        initial: makes the fresh state of so many rows, which some may start from although the others go on.
    """
    if number == 1:
        return [Part(batch, _started(batch, state, initial), moment(0), terms(batch))]
    parts: list[Part] = []
    for rows in np.array_split(np.arange(batch.size), min(number, batch.size)):
        part = batch.part(rows)
        # Each by itself: parts are differentiated one after the other, and a learned state has a graph.
        started = _started(part, state.select(torch.from_numpy(rows)), initial)
        parts.append(Part(part, started, moment(len(parts)), terms(part)))
    return parts


def _started(batch: Batch, state: State, initial: Callable[[int], State]) -> State:
    """Return the state before a batch, where the fresh rows start anew."""
    if batch.fresh is None:
        return state
    fresh = initial(batch.size)
    return fresh.where(torch.from_numpy(batch.fresh).to(next(fresh.tensors()).device), state)


def add_gradients(
    loss: Callable[[Batch, State, Moment], BatchLoss],
    parts: Sequence[Part],
    weights: Mapping[str, float],
    per_row: bool = False,
    reduce: Reduce = alone,
) -> Sums:
    """Add the gradient of a batch to the parameters, part by part; it does not depend on how the batch was split.

        L = Σ_h w_h Σ_p nats_hp / n_h + Σ_k c_k Σ_p squares_kp / m_k,    n_h targets, m_k terms

    What is told of it is a mean over n, the targets of the head that has most of them: nats = n Σ_h w_h nats_h / n_h.

    Args:
        loss: of a network.
        parts: of the batch.
        weights: w, by head.
        per_row: whether all losses are summed over time and averaged over rows instead: n_h = B, penalties by n / B.
        reduce: adds what several processes counted.
    """
    counted = [[part.batch.size, *(part.batch.count(head) for head in weights), *part.terms.values()] for part in parts]
    rows, *added = reduce([sum(column) for column in zip(*counted, strict=True)])
    counts, terms = added[: len(weights)], dict(zip(parts[0].terms, map(int, added[len(weights) :]), strict=True))
    targets = max(1, *counts)
    # What a head counts beside the one with most targets, for which it is exactly 1.
    factors = {
        head: weight if per_row else weight * targets / max(1, count)
        for (head, weight), count in zip(weights.items(), counts, strict=True)
    }
    totals, penalties, states = np.zeros(2), dict[str, float](), []
    shares: dict[str, tuple[int, int]] = {}
    for part in parts:
        found = loss(part.batch, part.state, part.moment)
        nats = torch.stack([factor * found.heads[head].nats for head, factor in factors.items()]).sum()
        charged = {name: penalty.over(terms[name]) for name, penalty in found.penalties.items()}
        total = torch.stack([nats / targets, *charged.values()]).sum()
        if per_row:
            total = total * (targets / rows)
        total.backward()  # type: ignore[no-untyped-call]
        totals += [float(total.detach()), float(nats.detach())]
        for name, value in charged.items():
            penalties[name] = penalties.get(name, 0.0) + float(value.detach())
        for name, (some, of) in found.shares.items():
            before, of_before = shares.get(name, (0, 0))
            shares[name] = before + some, of_before + of
        states.append(found.state)
    loss_of_all, nats_of_all, *charges = reduce([*totals, *penalties.values()])
    state = states[0] if len(states) == 1 else State.join(states)
    return Sums(loss_of_all, nats_of_all, int(targets), dict(zip(penalties, charges, strict=True)), state, shares)
