"""Pairs of what was right and what was typed, word beside word."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from elman.data.sources import expand, read_blocks
from elman.errors import DataError
from elman.text.edits import edit_distance

MARKS = '.,;:!?"()'
"""Stand around words."""
_FAR, _ALIKE = 0.75, 0.3


class Unit(NamedTuple):
    """Words that were typed for words: mostly one for one; several where blanks were left out or added.

    Args:
        right: what was meant.
        typed: what stands there.
        places: numbers of its words in the typed line.
    """

    right: str
    typed: str
    places: range


def read_pairs(file: str | Path, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """Return the lines of a file, each what was right and what was typed with a tab between.

    Raises:
        DataError: the file is missing, empty, or a line is no such pair.
    """
    pairs = []
    for number, line in enumerate(_lines(file, encoding), start=1):
        parts = line.split("\t")
        if not line.strip():
            continue
        if len(parts) != 2 or not all(part.strip() for part in parts):
            raise DataError(f"{file}:{number}: got {line[:80]!r}, expected right<TAB>wrong, both with words.")
        pairs.append((parts[0], parts[1]))
    if not pairs:
        raise DataError(f"{file}: has no line, expected right<TAB>wrong on each.")
    return pairs


def _lines(file: str | Path, encoding: str) -> Iterator[str]:
    for path in expand([str(file)]):
        for _, text in read_blocks(path, encoding):
            yield from text.removesuffix("\n").split("\n")


def aligned(right: str, typed: str) -> list[Unit]:
    """Return what was typed for what, by the fewest letters that differ where there are not as many words.

    Two words that were joined, or one that was split, are a unit.
    """
    left, there = right.split(), typed.split()
    if len(left) == len(there):
        return [Unit(a, b, range(n, n + 1)) for n, (a, b) in enumerate(zip(left, there, strict=True))]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        for j in range(len(there) + 1):
            ways = [
                (best[i - a, j - b][0] + _cost(left[i - a : i], there[j - b : j]), (a, b))
                for a, b in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))
                if a <= i and b <= j
            ]
            if ways:
                best[i, j] = min(ways)
    units, i, j = [], len(left), len(there)
    while i or j:
        a, b = best[i, j][1]
        units.append(Unit(" ".join(left[i - a : i]), " ".join(there[j - b : j]), range(j - b, j)))
        i, j = i - a, j - b
    return units[::-1]


def _cost(right: Sequence[str], typed: Sequence[str]) -> float:
    """Return how badly words fit: the share of letters that differ, and a little for a blank."""
    if not right or not typed:
        return _FAR
    a, b = "".join(right), "".join(typed)
    share = 0.0 if a == b else edit_distance(a, b) / max(len(a), len(b))
    blank = len(right) != len(typed)
    return share + 0.1 * blank if share <= _ALIKE or not blank else 2.0 + share


def word_pairs(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the single words of lines, each with what was typed for it, without the marks around them."""
    units = (unit for right, typed in pairs for unit in aligned(right, typed))
    stripped = ((unit.right.strip(MARKS), unit.typed.strip(MARKS)) for unit in units if len(unit.places) == 1)
    return [(right, typed) for right, typed in stripped if right and typed and " " not in right]
