"""What was right beside what was typed: lines, and the words in them that stand for each other."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import inf
from typing import NamedTuple

from elman.text.edits import edit_distance

MARKS = '.,;:!?"()'
"""Stand around words."""
_FAR, _ALIKE, _BLANK = 0.75, 0.3, 0.1
_AWAY, _ROUNDING = 4, 1e-9
_CHUNK = re.compile(r"\S+")

_Ways = dict[tuple[int, int], tuple[float, tuple[int, int]]]
"""By how many words of both lines lie behind: what the best way there costs, and how many words it took last."""


class Unit(NamedTuple):
    """Words that were typed for words: mostly one for one; several where blanks were left out or added.

    Args:
        right: what was meant; None where nobody knows.
        typed: what stands there.
        start: where it begins in the typed line.
    """

    right: str | None
    typed: str
    start: int

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong; case is no mistake."""
        return self.right is not None and same(self.right, self.typed)


class Pair(NamedTuple):
    """A line that was typed, and what each part of it stands for.

    Args:
        typed: the line.
        units: its words in order.
    """

    typed: str
    units: Sequence[Unit]

    @classmethod
    def of(cls, right: str, typed: str) -> "Pair":
        """Return lines word beside word, by the fewest letters that differ where there are not as many words."""
        return cls(typed, units_of(right, typed))


def same(right: str, typed: str) -> bool:
    """Say whether a text is what was meant; case is no mistake, and neither is the width of blanks."""
    return right.lower().split() == typed.lower().split()


def units_of(right: str, typed: str) -> list[Unit]:
    """Return what was typed for what, by the fewest letters that differ where there are not as many words.

    Two words that were joined, or one that was split, are a unit.
    """
    left, chunks = right.split(), list(_CHUNK.finditer(typed))
    if len(left) == len(chunks):
        return _beside(left, chunks)
    # Words that are the same at both ends stand for each other: of a long line only the rest is looked at.
    head = _in_common(left, chunks)
    tail = _in_common(left[head:][::-1], chunks[head:][::-1])
    ends = len(left) - tail, len(chunks) - tail
    behind = chunks[ends[1]].start() if tail else len(typed)
    middle = _fewest(left[head : ends[0]], chunks[head : ends[1]], typed, behind)
    return [*_beside(left[:head], chunks), *middle, *_beside(left[ends[0] :], chunks[ends[1] :])]


def _in_common(words: Sequence[str], chunks: Sequence[re.Match[str]]) -> int:
    """Return how many words are the same from the beginning on."""
    both = list(zip(words, chunks, strict=False))
    return next((place for place, (word, chunk) in enumerate(both) if word != chunk[0]), len(both))


def _beside(words: Sequence[str], chunks: Sequence[re.Match[str]]) -> list[Unit]:
    """Return each word with what was typed for it."""
    return [Unit(word, chunk[0], chunk.start()) for word, chunk in zip(words, chunks, strict=False)]


def _fewest(left: Sequence[str], chunks: Sequence[re.Match[str]], typed: str, behind: int) -> list[Unit]:
    """Return words with what was typed for them by the fewest letters that differ; where all of them end."""
    there = [chunk[0] for chunk in chunks]
    best = _ways(left, there)
    units, i, j = [], len(left), len(there)
    while i or j:
        a, b = best[i, j][1]
        start = chunks[j - b].start() if j - b < len(chunks) else behind
        stop = chunks[j - 1].end() if b else start
        units.append(Unit(" ".join(left[i - a : i]), typed[start:stop], start))
        i, j = i - a, j - b
    return units[::-1]


def _ways(left: Sequence[str], there: Sequence[str]) -> _Ways:
    """Return the best ways to where both lines end, and to all places on them.

    Only places are looked at where about as many words of one line lie behind as of the other. Who goes farther away
    pays for each word, out and back: where that is more than what was found costs, nothing better is out there.
    """
    apart, longest, share = abs(len(left) - len(there)), max(len(left), len(there)), cache(_share)
    width = apart + _AWAY
    while True:
        best = _within(left, there, width, share)
        if width >= longest or best[len(left), len(there)][0] < _BLANK * (2 * (width + 1) - apart) - _ROUNDING:
            return best
        width *= 2


def _within(left: Sequence[str], there: Sequence[str], width: int, share: Callable[[str, str], float]) -> _Ways:
    """Return the best way to each place at which both lines are at most `width` words apart."""
    best: _Ways = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        for j in range(max(0, i - width), min(len(there), i + width) + 1):
            alone = [(best[i - a, j - b][0] + _FAR, (a, b)) for a, b in ((1, 0), (0, 1)) if (i - a, j - b) in best]
            way = min(alone, default=best.get((i, j), (inf, (0, 0))))
            for a, b in ((1, 1), (1, 2), (2, 1)):
                if (i - a, j - b) not in best:
                    continue
                before, right, typed = best[i - a, j - b][0], "".join(left[i - a : i]), "".join(there[j - b : j])
                least = abs(len(right) - len(typed)) / max(len(right), len(typed))
                if before + _cost(least, a != b) <= way[0]:
                    way = min(way, (before + _cost(share(right, typed), a != b), (a, b)))
            best[i, j] = way
    return best


def _share(right: str, typed: str) -> float:
    """Return the share of letters that differ."""
    return 0.0 if right == typed else edit_distance(right, typed) / max(len(right), len(typed))


def _cost(share: float, blank: bool) -> float:
    """Return how badly words fit: the share of letters that differ, and a little for a blank."""
    return share + _BLANK * blank if share <= _ALIKE or not blank else 2.0 + share


def word_pairs(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    """Return the single words of lines, each with what was typed for it, without the marks around them."""
    units = [(unit.right.strip(MARKS), unit.typed.strip(MARKS)) for pair in pairs for unit in pair.units if unit.right]
    return [(right, typed) for right, typed in units if right and typed and not {" ", "\t"} & set(right + typed)]
