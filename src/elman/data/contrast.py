"""Whether files differ in their words, and whether lines begin as sentences do."""

from collections import Counter
from collections.abc import Sequence

_FAR = 6.0  # standard deviations; of some thousand words that are drawn alike, none is so far off
_FEWEST_LINES = 8


def differ(files: Sequence[Sequence[str]]) -> bool:
    """Say whether some word, apart from those that begin lines, is far more frequent in one file than in the others.

    With p_1, p_2 the shares of n_1, n_2 lines that have it, and p the share of all of them, it is far where

        |p_1 - p_2| > 6 sqrt(p (1 - p) (1 / n_1 + 1 / n_2)).

    Args:
        files: the lines of each.
    """
    counts = [Counter(word for line in lines for word in set(line.casefold().split()[1:])) for lines in files]
    together, every = sum(counts, Counter[str]()), sum(map(len, files))
    for lines, count in zip(files, counts, strict=True):
        here, there = len(lines), every - len(lines)
        if min(here, there) < _FEWEST_LINES:
            continue
        for word, all_of_them in together.items():
            share = all_of_them / every
            apart = abs(count[word] / here - (all_of_them - count[word]) / there)
            if apart > _FAR * (share * (1 - share) * (1 / here + 1 / there)) ** 0.5:
                return True
    return False


def begin_sentences(lines: Sequence[str]) -> bool:
    """Say whether the first words of lines are those of sentences, and no labels in front of them.

    Most lines begin with a capital, and their next word does not (`The film is slow`, not `POS The film`), or the first
    words are so usual that every other line has one of them further on.

    >>> begin_sentences(["The film is slow", "It is good"]), begin_sentences(["good The film", "bad It is"])
    (True, False)
    """
    words = [line.split() for line in lines]
    written = [line for line in words if len(line) > 1]
    capital = sum(line[0].istitle() and line[0].isalpha() and line[1].islower() for line in written)
    starts = {line[0].casefold() for line in written}
    within = sum(word.casefold() in starts for line in written for word in line[1:])
    return 2 * max(capital, within) > len(written)
