"""The best of several readings at each place of lines, by a language model and what each reading costs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper


class Choices(NamedTuple):
    """What may be read at one place of a line.

    Args:
        ids: the one or two tokens of each, (C, 2); the second is -1 where there is one.
        scores: of each besides the language model, nats, (C,).
        spans: how many places each takes, 1 or 2, (C,).
    """

    ids: np.ndarray
    scores: np.ndarray
    spans: np.ndarray

    @classmethod
    def one(cls, token: int) -> "Choices":
        """Return a token and nothing else."""
        return cls(np.array([[token, -1]]), np.zeros(1), np.ones(1, np.int64))


class _Rows(NamedTuple):
    """Beginnings of lines.

    Args:
        owners: the line of each, (R,).
        scores: nats, (R,).
        pending: the token that is read next, (R,).
        chosen: what was taken at each place so far, (R, places); -1 where a reading went over it.
        state: of the model.
    """

    owners: np.ndarray
    scores: np.ndarray
    pending: np.ndarray
    chosen: np.ndarray
    state: Any

    def some(self, stepper: Stepper, rows: np.ndarray) -> "_Rows":
        """Return some of them, in that order."""
        owners, scores, pending, chosen, state = self
        return _Rows(owners[rows], scores[rows], pending[rows], chosen[rows], stepper.select(state, rows))


def search(
    stepper: Stepper, lines: Sequence[Sequence[Choices]], end: int, weight: float, width: int
) -> list[list[int]]:
    """Return which of the choices to take at each place of lines, -1 where the one before takes it too.

        argmax Σ_t score(t) + λ log p(all tokens, end)

    What is compared has read the same places, whatever number of tokens that is, and whole lines in the end. The best
    `width` beginnings of each line live on; all lines are read side by side, and each is as it were alone.

    Args:
        stepper: the model.
        lines: the choices at each place.
        end: the token that ends a line.
        weight: λ.
        width: of the beam.
    """
    last = [[*line, Choices.one(end)] for line in lines]
    found: list[list[int]] = [[] for _ in lines]
    count = len(lines)
    none = np.zeros((count, 0), np.int64)
    start = np.full(count, stepper.start)
    waiting = {0: [_Rows(np.arange(count), np.zeros(count), start, none, stepper.begin(np.arange(count)))]}
    for place in range(max(map(len, last), default=0) + 1):
        rows = _together(stepper, waiting.pop(place, []), width)
        if rows is None:
            continue
        done = np.array([len(last[line]) == place for line in rows.owners], bool)
        for row in np.flatnonzero(done & (_rank(rows.owners) == 0)):
            found[rows.owners[row]] = rows.chosen[row, :-1].tolist()
        rows = rows.some(stepper, np.flatnonzero(~done))
        here = [last[line][place] for line in rows.owners]
        for span, after in _read(stepper, rows, here, weight, width):
            waiting.setdefault(place + span, []).append(after)
    return found


def _read(stepper: Stepper, rows: _Rows, here: Sequence[Choices], weight: float, width: int) -> list[tuple[int, _Rows]]:
    """Return beginnings with each choice at a place, the best of each line, by how many places a choice takes."""
    counts = np.array([len(one.ids) for one in here], np.int64)
    if not len(counts):
        return []
    whose = np.repeat(np.arange(len(counts)), counts)
    picks = np.concatenate([np.arange(count) for count in counts])
    ids, scores, spans = (np.concatenate(parts) for parts in zip(*here, strict=True))
    # Each beginning is read once, whatever may follow it.
    nats, state = stepper.nats_of(rows.pending, rows.state, whose, ids[:, 0])
    totals = rows.scores[whose] + scores - weight * nats
    found = []
    for span, two in ((1, False), (1, True), (2, False)):
        some = np.flatnonzero((spans == span) & ((ids[:, 1] >= 0) == two))
        if not len(some):
            continue
        after, behind = state, whose
        if two:
            each = np.arange(len(some))
            more, after = stepper.nats_of(ids[some, 0], stepper.select(state, whose[some]), each, ids[some, 1])
            totals[some] -= weight * more
            behind = np.zeros(len(whose), np.int64)
            behind[some] = each
        check_numbers(totals[some])
        best = some[_best(rows.owners[whose[some]], totals[some], width)]
        over = np.full((len(best), span - 1), -1)
        chosen = np.column_stack([rows.chosen[whose[best]], picks[best], over])
        kept = stepper.select(after, behind[best])
        found.append((span, _Rows(rows.owners[whose[best]], totals[best], ids[best, int(two)], chosen, kept)))
    return found


def _together(stepper: Stepper, parts: Sequence[_Rows], width: int) -> _Rows | None:
    """Return beginnings that came to a place in different ways, the best of each line."""
    if len(parts) < 2:
        return parts[0] if parts else None
    owners, scores, pending, chosen = (np.concatenate([part[n] for part in parts]) for n in range(4))
    every = _Rows(owners, scores, pending, chosen, stepper.join([part.state for part in parts]))
    return every.some(stepper, _best(owners, scores, width))


def _best(owners: np.ndarray, scores: np.ndarray, width: int) -> np.ndarray:
    """Return the best rows of each owner, owner by owner, the best first; of equal ones, the first."""
    order = np.lexsort((-scores, owners))
    return order[_rank(owners[order]) < width]


def _rank(sorted_owners: np.ndarray) -> np.ndarray:
    """Return the place of each row among those with the same owner, which stand side by side."""
    starts = np.flatnonzero(np.diff(sorted_owners, prepend=-1))
    return np.arange(len(sorted_owners)) - np.repeat(starts, np.diff([*starts, len(sorted_owners)]))
