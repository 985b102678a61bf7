"""The best piece of a passage, given how good each word is as its first and as its last one."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np


class Found(NamedTuple):
    """A piece of a passage.

    Args:
        first: its first word.
        last: its last word.
        log_prob: log p(first) + log p(last), nats.
    """

    first: int
    last: int
    log_prob: float


class Scored(NamedTuple):
    """What a model says of the words of passages.

    Args:
        start: logits of each word as the first one of the answer, (B, T).
        end: logits of each word as the last one, (B, T).
        looked: how much each word of a passage looked at each one of its question, (B, T, J); None if it does not look.
    """

    start: np.ndarray
    end: np.ndarray
    looked: np.ndarray | None = None


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log p of each of some logits, float64: over all of them, so those of several windows compare."""
    logits = logits.astype(np.float64)
    highest = logits.max(initial=-np.inf)
    found: np.ndarray = logits - highest - np.log(np.exp(logits - highest).sum())
    return found


def best_spans(
    start: np.ndarray, end: np.ndarray, longest: int, k: int = 1, marks: np.ndarray | None = None
) -> list[Found]:
    """Return the k likeliest pieces, the likeliest first; pieces that share a word with a likelier one are left out.

        argmax over i <= j < min(T, i + L) of log p_start(i) + log p_end(j)

    exactly, of equal ones the earlier start, then the shorter one.

    Args:
        start: logits of each word as the first one, (T,).
        end: logits of each word as the last one, (T,).
        longest: L, words that a piece has at most.
        k: how many, fewer if there are fewer.
        marks: whether each word is a mark, (T,): a piece of marks alone is none. None: any piece is one.
    """
    if not len(start):
        return []
    starts, ends = log_softmax(start), log_softmax(end)
    band = _band(starts, ends, longest)
    if marks is not None:
        band[np.arange(band.shape[1]) < _runs(marks)[:, None]] = -np.inf
    found = list[Found]()
    while len(found) < k:
        place = int(band.argmax())
        first, more = divmod(place, band.shape[1])
        if band[first, more] == -np.inf:
            break
        found.append(Found(first, first + more, float(band[first, more])))
        for row in range(max(0, first - band.shape[1] + 1), first + more + 1):
            band[row, max(0, first - row) :] = -np.inf
    return found


def _runs(marks: np.ndarray) -> np.ndarray:
    """Return how many marks in a row begin at each word, (T,)."""
    others = np.append(np.flatnonzero(~marks), len(marks))
    words = np.arange(len(marks))
    found: np.ndarray = others[np.searchsorted(others, words)] - words
    return found


def _band(starts: np.ndarray, ends: np.ndarray, longest: int) -> np.ndarray:
    """Return the score of each piece by its first word and by how many more it has, (T, L); -inf beyond the end."""
    width = min(longest, len(starts))
    padded = np.concatenate([ends, np.full(width, -np.inf)])
    reached = np.lib.stride_tricks.sliding_window_view(padded, width)[: len(starts)]
    found: np.ndarray = starts[:, None] + reached
    return found


def covering(length: int, longest: int, overlap: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield windows over a long text: the first word that is read, those from and before which it speaks, and its end.

    Each word belongs to the window in whose middle it is most: there most of what is around it was read.

    Args:
        length: of the text.
        longest: words of a window.
        overlap: words that two neighbours share.
    """
    step = max(1, longest - overlap)
    firsts = list(range(0, max(1, length - overlap), step))
    for number, first in enumerate(firsts):
        stop = min(length, first + longest)
        speaks = 0 if not number else (first + firsts[number - 1] + longest) // 2
        last = number == len(firsts) - 1
        yield first, speaks, stop if last else (firsts[number + 1] + stop) // 2, stop
