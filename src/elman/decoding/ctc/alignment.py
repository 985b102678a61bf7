"""Where the labels of a text stand among the frames: the likeliest path that gives them."""

from typing import NamedTuple

import numpy as np

from elman.decoding.ctc.paths import NEVER, frames_needed, places
from elman.errors import DataError


class Alignment(NamedTuple):
    """The likeliest path of T frames that gives U labels.

    Args:
        path: the symbol of each frame, (T,).
        log_prob: of the path alone, in nats.
        begins: the first frame of each label, (U,).
        ends: the frame behind its last one, (U,). Frames of blanks belong to nobody.
        confidence: the mean probability of each label over its frames, (U,).
    """

    path: np.ndarray
    log_prob: float
    begins: np.ndarray
    ends: np.ndarray
    confidence: np.ndarray


def align(log_probs: np.ndarray, labels: np.ndarray, blank: int) -> Alignment:
    """Return where labels stand: the α of CTC with the largest term in place of the sum.

    Of equal paths, the one that stays longest at what comes later.

    Args:
        log_probs: of each symbol at each frame (nats), (T, V).
        labels: y, (U,).
        blank: the symbol that stands for no label.

    Raises:
        DataError: the labels do not fit into the frames, or have no probability.
    """
    frames, needed = len(log_probs), frames_needed(labels)
    if frames < needed:
        repeats = needed - len(labels)
        raise DataError(
            f"{len(labels):,} labels and {repeats:,} blanks between equal neighbours need {needed:,} frames: got "
            f"{frames:,}. Is it the text of this recording?"
        )
    extended, skips = places(labels, blank)
    own, states, log_prob = log_probs[:, extended].astype(np.float64), np.zeros(frames, np.int64), 0.0
    if frames:
        states, log_prob = _likeliest(own, skips)
    if log_prob == NEVER:
        raise DataError("the text has no probability at all: one of its labels has none wherever it could stand.")
    of_label = states[None] == 1 + 2 * np.arange(len(labels))[:, None]
    begins = of_label.argmax(1) if frames else np.zeros(0, np.int64)
    counts = of_label.sum(1)
    shares = np.where(of_label, np.exp(own[np.arange(frames), states]), 0.0).sum(1)
    return Alignment(extended[states], log_prob, begins, begins + counts, shares / np.maximum(counts, 1))


def _likeliest(own: np.ndarray, skips: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the place of l' at each frame, and log p of the path."""
    frames, size = own.shape
    moves = np.zeros((frames, size), np.int8)
    best = np.full(size, NEVER)
    best[:2] = own[0, :2]
    for t in range(1, frames):
        before = np.full((3, size), NEVER)
        before[0], before[1, 1:], before[2, 2:] = best, best[:-1], best[:-2]
        before[2, ~skips] = NEVER
        moves[t] = before.argmax(0)
        best = own[t] + before.max(0)
    place = size - 1 if size == 1 or best[-1] >= best[-2] else size - 2
    log_prob = float(best[place])
    states = np.empty(frames, np.int64)
    for t in range(frames - 1, -1, -1):
        states[t] = place
        place -= int(moves[t, place])
    return states, log_prob
