"""Which of the last words a model looks at: n-grams, and n-grams with a gap."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

NOTHING = -1
"""Stands where a line has no word any more."""
ABSENT = np.uint64(0)
"""The key of what a history does not have."""
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_NEXT = np.uint64(0x9E3779B97F4A7C15)


class Template(NamedTuple):
    """The words of a history that a feature names: `remote` ones, then a gap, then those just before the next word.

        w_{-a-s-r} .. w_{-a-s-1}  (s others)  w_{-a} .. w_{-1}  ?

    Args:
        remote: r, words before the gap; 0 where there is none.
        skipped: s, words of the gap.
        adjacent: a, words behind it.
    """

    remote: int
    skipped: int
    adjacent: int

    @property
    def reach(self) -> int:
        """How many words back it looks."""
        return self.remote + self.skipped + self.adjacent

    @property
    def places(self) -> list[int]:
        """How far back each word is that it names, the nearest first."""
        behind = self.adjacent + self.skipped
        return [*range(1, self.adjacent + 1), *range(behind + 1, behind + self.remote + 1)]


def templates(order: int, skips: int, skip_order: int) -> list[Template]:
    """Return n-grams of 1 to `order` words and those with a gap, each once: without a gap a skip-gram is an n-gram.

    Args:
        order: n of the longest n-gram, the next word included.
        skips: s of the longest gap; 0 for n-grams only.
        skip_order: words of the longest skip-gram, the next word included, those of the gap not.
    """
    found = [Template(0, 0, adjacent) for adjacent in range(order)]
    for words in range(1, skip_order):
        found += [Template(r, s, words - r) for r in range(1, words + 1) for s in range(1, skips + 1)]
    return found


def histories(ids: np.ndarray, line_end: int | None, reach: int) -> list[np.ndarray]:
    """Return the word 1, 2, .. `reach` back from each place of a text; NOTHING beyond the start of its line.

    Args:
        ids: the text, (T).
        line_end: the id that ends a line; it is also the word that stands before the first one of a line.
        reach: how far back.
    """
    padded, first = ids.astype(np.int32), 0
    if line_end is not None:
        padded, first = np.concatenate([np.array([line_end], np.int32), padded]), 1
    places = np.arange(len(padded))
    begins = np.zeros(len(padded), np.int64)
    if line_end is not None:
        # A line begins with the end of the one before; what ends a line still belongs to it.
        starts = np.where(padded == line_end, places, 0)
        begins[1:] = np.maximum.accumulate(starts)[:-1]
    found = []
    for back in range(1, reach + 1):
        column = np.full(len(padded), NOTHING, np.int32)
        column[back:] = padded[:-back] if back < len(padded) else padded[:0]
        column[places - back < begins] = NOTHING
        found.append(column[first:])
    return found


def keys(columns: Sequence[np.ndarray], template: Template, number: int) -> np.ndarray:
    """Return a number for what a template sees at each place, uint64: equal for equal words, ABSENT where some lack.

    64 bits of a hash: of ten million features two are the same once in 400,000 models.

    Args:
        columns: the word 1, 2, .. back, as `histories` gives them.
        template: what is looked at.
        number: of the template, so that each has keys of its own.
    """
    found = np.full(len(columns[0]), number + 1, np.uint64)
    for back in template.places:
        found = mixed(found * _NEXT + columns[back - 1].astype(np.uint64))
    found = mixed(found) | np.uint64(1)
    if template.reach:
        found[columns[template.reach - 1] == NOTHING] = ABSENT
    return found


def mixed(numbers: np.ndarray) -> np.ndarray:
    """Return numbers (uint64) whose bits all depend on all bits of those given.

    Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA: the end of SplitMix64.
    """
    numbers = (numbers ^ numbers >> np.uint64(30)) * _MIX[0]
    numbers = (numbers ^ numbers >> np.uint64(27)) * _MIX[1]
    return numbers ^ numbers >> np.uint64(31)
