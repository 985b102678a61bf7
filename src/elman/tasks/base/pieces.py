"""Long sentences in pieces, so that memory does not go with their length."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.answers.tags import Tagged

LONGEST, CONTEXT = 20_000, 200
"""Words that are tagged together at most, and further steps that are read on each side of a piece."""


class Piece(NamedTuple):
    """A stretch of a sentence.

    Args:
        row: of the sentence.
        start: its first word that is read.
        first: the first that is tagged.
        last: the one behind the last that is.
        stop: the one behind the last that is read.
    """

    row: int
    start: int
    first: int
    last: int
    stop: int


def pieces(lengths: Sequence[int], span: int = 1) -> list[Piece]:
    """Return the pieces of sentences of so many words, in order: one each, but for long ones.

    Args:
        lengths: of the sentences.
        span: how many words or frames are a step: a piece has whole ones, as the whole sentence has them.
    """
    context = max(CONTEXT, min(CONTEXT * span, LONGEST))
    found = []
    for row, length in enumerate(lengths):
        for first in range(0, max(1, length), LONGEST):
            last = min(first + LONGEST, length)
            start, stop = max(0, first - context) // span * span, -(-(last + context) // span) * span
            found.append(Piece(row, start, first, last, min(stop, length)))
    return found


def within(said: Tagged, piece: Piece) -> Tagged:
    """Return what is said of the words of a piece, without those that were only read."""
    kept = slice(piece.first - piece.start, piece.last - piece.start)
    chained = None if said.chained is None else said.chained[kept]
    return Tagged(said.tags[kept], said.log_probs[kept], said.label, chained)


def joined(parts: Sequence[Tagged]) -> Tagged:
    """Return what is said of a sentence whose pieces were tagged; its label is that of the first."""
    every = [one.chained for one in parts if one.chained is not None]
    chained = np.concatenate(every) if every else None
    tags = [tag for one in parts for tag in one.tags]
    return Tagged(tags, np.concatenate([one.log_probs for one in parts]), parts[0].label, chained)
