"""The best of several words at each place of lines, by a language model and what each word costs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import check_numbers
from elman.decoding.stepper import Stepper


class Choices(NamedTuple):
    """What may stand at one place of a line.

    Args:
        ids: tokens.
        scores: of each besides the language model, nats.
    """

    ids: np.ndarray
    scores: np.ndarray


def search(
    stepper: Stepper, lines: Sequence[Sequence[Choices]], end: int, weight: float, width: int
) -> list[list[int]]:
    """Return which of the choices to take at each place of lines.

        argmax Σ_t score(t, w_t) + λ log p(w_1 .. w_T, end)

    The best `width` beginnings of each line live on; all lines are read side by side, and each is as it were alone.

    Args:
        stepper: the model.
        lines: the choices at each place.
        end: the token that ends a line.
        weight: λ.
        width: of the beam.
    """
    last = [[*line, Choices(np.array([end]), np.zeros(1))] for line in lines]
    order = sorted(range(len(lines)), key=lambda number: -len(last[number]))
    # A row is a beginning of a line: its line, its score, the token that is read next, and what it chose.
    owners, scores = np.array(order, np.int64), np.zeros(len(order))
    pending, chosen = np.full(len(order), stepper.start), np.zeros((len(order), 0), np.int64)
    state = stepper.begin(np.arange(len(order)))
    found: list[list[int]] = [[] for _ in lines]
    for place in range(max(map(len, last), default=0)):
        here = [last[line][place] for line in owners]
        counts = np.array([len(one.ids) for one in here])
        rows = np.repeat(np.arange(len(owners)), counts)
        picks = np.concatenate([np.arange(count) for count in counts])
        ids = np.concatenate([one.ids for one in here])
        # Each beginning is read once, whatever may follow it.
        nats, state = stepper.nats_of(pending, state, rows, ids)
        check_numbers(nats)
        totals = scores[rows] + np.concatenate([one.scores for one in here]) - weight * nats
        best = np.lexsort((picks, -totals, owners[rows]))
        best = best[_rank(owners[rows][best]) < width]
        owners, scores, pending = owners[rows[best]], totals[best], ids[best]
        chosen = np.column_stack([chosen[rows[best]], picks[best]])
        state = stepper.select(state, rows[best])
        first = _rank(owners) == 0
        done = np.array([len(last[line]) == place + 1 for line in owners], bool)
        for row in np.flatnonzero(first & done):
            found[owners[row]] = chosen[row, :-1].tolist()
        going = np.flatnonzero(~done)
        if not len(going):
            break
        owners, scores, pending, chosen = owners[going], scores[going], pending[going], chosen[going]
        state = stepper.select(state, going)
    return found


def _rank(sorted_owners: np.ndarray) -> np.ndarray:
    """Return the place of each row among those with the same owner, which stand side by side."""
    starts = np.flatnonzero(np.diff(sorted_owners, prepend=-1))
    return np.arange(len(sorted_owners)) - np.repeat(starts, np.diff([*starts, len(sorted_owners)]))
