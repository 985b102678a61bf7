"""How much two texts have in common: n-grams, and what stands in the same order in both."""

import re
from collections import Counter
from collections.abc import Sequence

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
