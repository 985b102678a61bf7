"""Which letters were typed for which, and what that says of longer strings."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """A part of a word and what was typed for it.

    Args:
        word: of the word; empty where something was added.
        typed: what stands there; empty where something was left out.
        start: where it begins in the word.
    """

    word: str
    typed: str
    start: int


def aligned_letters(word: str, typed: str) -> list[Part]:
    """Return a word letter by letter with what was typed for each, by the fewest edits; swapped letters are one part.

    Letters that both begin and end with are the same; of several ways between them, one that replaces letters.

    >>> [(part.word, part.typed) for part in aligned_letters("their", "thiers")]
    [('t', 't'), ('h', 'h'), ('ei', 'ie'), ('r', 'r'), ('', 's')]

    Source: Damerau (1964), A technique for computer detection and correction of spelling errors, CACM 7(3).
    """
    least = min(len(word), len(typed))
    first = next((i for i in range(least) if word[i] != typed[i]), least)
    last = next((i for i in range(least - first) if word[-1 - i] != typed[-1 - i]), least - first)
    middle = _aligned(word[first : len(word) - last], typed[first : len(typed) - last])
    found = [Part(letter, letter, i) for i, letter in enumerate(word[:first])]
    found += [part._replace(start=part.start + first) for part in middle]
    return found + [Part(word[i], word[i], i) for i in range(len(word) - last, len(word))]


def _aligned(word: str, typed: str) -> list[Part]:
    """Return parts of words that begin and end differently."""
    wide, long = len(word), len(typed)
    costs = [[0] * (long + 1) for _ in range(wide + 1)]
    steps = [[(0, 0)] * (long + 1) for _ in range(wide + 1)]
    for i in range(wide + 1):
        for j in range(long + 1):
            if i or j:
                costs[i][j], steps[i][j] = min(_ways(word, typed, i, j, costs), key=lambda way: way[0])
    parts, i, j = [], wide, long
    while i or j:
        a, b = steps[i][j]
        parts.append(Part(word[i - a : i], typed[j - b : j], i - a))
        i, j = i - a, j - b
    return parts[::-1]


def _ways(
    word: str, typed: str, i: int, j: int, costs: Sequence[Sequence[int]]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield what it costs to come to a place, and how many letters of both are between it and the place before."""
    if i and j:
        yield costs[i - 1][j - 1] + (word[i - 1] != typed[j - 1]), (1, 1)
    if i > 1 and j > 1 and word[i - 2 : i] == typed[j - 1] + typed[j - 2] and word[i - 1] != word[i - 2]:
        yield costs[i - 2][j - 2] + 1, (2, 2)
    if j:
        yield costs[i][j - 1] + 1, (0, 1)
    if i:
        yield costs[i - 1][j] + 1, (1, 0)


def stretches(parts: Sequence[Part], around: int, longest: int) -> list[Part]:
    """Return all stretches of parts with an edit in them, at most `around` parts besides it, none over `longest`.

    >>> [f"{part.word}>{part.typed}" for part in stretches(aligned_letters("act", "akt"), 2, 3)]
    ['ac>ak', 'act>akt', 'c>k', 'ct>kt']

    Args:
        parts: of one word, in order.
        around: N, how many adjacent parts an edit takes with it.
        longest: letters of the word, and letters that were typed, of a stretch.
    """
    found = []
    edits = [number for number, part in enumerate(parts) if part.word != part.typed]
    for first in range(max(0, min(edits, default=0) - around), len(parts)):
        word = typed = ""
        edit = next((number for number in edits if number >= first), len(parts))
        for last in range(first, min(len(parts), first + around + 1)):
            word, typed = word + parts[last].word, typed + parts[last].typed
            if last >= edit and len(word) <= longest and len(typed) <= longest:
                found.append(Part(word, typed, parts[first].start))
    return found
