"""How much two texts have in common: n-grams, and what stands in the same order in both."""

import re
from collections import Counter
from collections.abc import Sequence

from elman.text.edits import places_of

_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """Return the runs of letters and digits of a text, in lower case.

    >>> plain_words("The cat's 2 mats.")
    ['the', 'cat', 's', '2', 'mats']
    """
    return _WORD.findall(text.lower())


def common_ngrams(left: Sequence[str], right: Sequence[str], n: int) -> int:
    """Return how many n-grams two sequences share, each as often as both have it."""
    return sum((_ngrams(left, n) & _ngrams(right, n)).values())


def common_length(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two sequences.

    A bit for each place of the longer one is 0 where a row of the table of lengths rises.

    >>> common_length("abcd", "xbd")
    2

    Source: Hyyrö (2004), Bit-parallel LCS-length computation revisited, AWOCA.
    """
    rows, columns = sorted((left, right), key=len)
    where, whole = places_of(columns), (1 << len(columns)) - 1
    even = whole
    for one in rows:
        risen = even & where.get(one, 0)
        even = ((even + risen) | (even - risen)) & whole
    return len(columns) - even.bit_count()


def common_subsequence(left: Sequence[str], right: Sequence[str]) -> list[int]:
    """Return the places of `left` that make its longest common subsequence with `right`, the first of equal ones.

    >>> common_subsequence("abcd", "xbd")
    [1, 3]
    """
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        row, below = lengths[i], lengths[i + 1]
        for j in range(len(right) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if left[i] == right[j] else max(below[j], row[j + 1])
    places, i, j = [], 0, 0
    while i < len(left) and j < len(right) and lengths[i][j]:
        if left[i] == right[j]:
            places.append(i)
            i, j = i + 1, j + 1
        elif lengths[i][j + 1] >= lengths[i + 1][j]:
            j += 1
        else:
            i += 1
    return places


def _ngrams(sequence: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(sequence[start:] for start in range(n)), strict=False))
