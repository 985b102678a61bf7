"""One or two edits that make a word another: each way to do it."""

from typing import NamedTuple

BEFORE = "\0"
"""Stands before the first letter of a word."""
KINDS = ("deletion", "insertion", "substitution", "transposition")


class Edit(NamedTuple):
    """What happened to letters.

    Args:
        kind: of it, one of `KINDS`.
        first: a letter of the word.
        second: deletion: the letter after it that is missing; insertion: what was added behind it; substitution: what
            stands in its place; transposition: the letter after it that came first.
    """

    kind: str
    first: str
    second: str


def derivations(word: str, typed: str, most: int) -> list[list[Edit]]:
    """Return all ways from a word to what was typed with the fewest edits; none where it takes more than `most`.

    >>> [[edit.first + edit.second for edit in way] for way in derivations("acres", "acress", 1)]
    [['es'], ['ss']]
    """
    for count in range(most + 1):
        if ways := _ways(BEFORE + word, typed, 1, 0, count):
            return ways
    return []


def _ways(word: str, typed: str, i: int, j: int, left: int) -> list[list[Edit]]:
    """Return the ways to make the rest of a word the rest of what was typed with exactly so many edits."""
    if abs((len(word) - i) - (len(typed) - j)) > left:
        return []
    if i == len(word) and j == len(typed):
        return [[]] if left == 0 else []
    found: list[list[Edit]] = []
    a, b = word[i : i + 1], typed[j : j + 1]

    def edited(kind: str, first: str, second: str, i: int, j: int) -> None:
        found.extend([Edit(kind, first, second), *rest] for rest in _ways(word, typed, i, j, left - 1))

    if left:
        if b:
            edited("insertion", word[i - 1], b, i, j + 1)
        if a:
            edited("deletion", word[i - 1], a, i + 1, j)
        if a and b and a != b:
            edited("substitution", a, b, i + 1, j + 1)
        after = word[i + 1 : i + 2]
        if after and after != a and typed[j : j + 2] == after + a:
            edited("transposition", a, after, i + 2, j + 2)
    if a and a == b:
        found += _ways(word, typed, i + 1, j + 1, left)
    return found
