"""Where the words of a passage stand, so that an answer is cut out of it as it is written."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+|[^\w\s]")
_SPOKEN = re.compile(r"\w+")

_NEAR = 5
"""By how many characters the place of an answer may be wrong."""


class Span(NamedTuple):
    """A piece of a passage.

    Args:
        text: it, as somebody wrote it.
        start: the place of its first character in the passage; -1 where the passage does not have it.
    """

    text: str
    start: int


class Placed(NamedTuple):
    """Words of a passage that a piece of it touches.

    Args:
        first: the first one.
        last: the last one, which may be the same.
        moved: whether the piece does not begin and end where they do.
    """

    first: int
    last: int
    moved: bool


def word_places(text: str) -> list[tuple[int, int]]:
    """Return where each word of a text begins and ends; every mark is a word of its own, so every answer has borders.

    >>> word_places("20-18 won")
    [(0, 2), (2, 3), (3, 5), (6, 9)]
    """
    return [found.span() for found in _WORD.finditer(text)]


def passage_words(text: str) -> list[str]:
    """Return the words of a text, cut as those of passages are."""
    return _WORD.findall(text)


def spoken(text: str) -> list[str]:
    """Return the words of a text in lower case, without marks.

    >>> spoken("Tom's ball, a red one.")
    ['tom', 's', 'ball', 'a', 'red', 'one']
    """
    return _SPOKEN.findall(text.lower())


def placed(words: Sequence[tuple[int, int]], start: int, stop: int) -> Placed | None:
    """Return the words that a piece of a passage touches, None if it touches none.

    Args:
        words: where they stand.
        start: the first character of the piece.
        stop: the one behind its last.
    """
    touched = [place for place, (begin, end) in enumerate(words) if begin < stop and end > start]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    return Placed(first, last, (words[first][0], words[last][1]) != (start, stop))


def occurrences(passage: str, part: str) -> Iterator[int]:
    """Yield every place where a passage has a text, those that overlap too."""
    place = passage.find(part) if part else -1
    while place >= 0:
        yield place
        place = passage.find(part, place + 1)


def found_at(passage: str, part: str, start: int) -> int:
    """Return where a text stands that is said to stand somewhere, -1 where it does not.

    There, or within five characters of it, or where it stands between borders of words, or anywhere.
    """
    if passage.startswith(part, max(start, 0)) and start >= 0:
        return start
    places = list(occurrences(passage, part))
    near = [place for place in places if abs(place - start) <= _NEAR]
    if near:
        return min(near, key=lambda place: abs(place - start))
    words = word_places(passage)
    whole = [place for place in places if _on_borders(words, place, place + len(part))]
    return next(iter(whole or places), -1)


def spans_of(passage: str, golds: Sequence[Span], everywhere: bool) -> list[Placed]:
    """Return the different spans of words that answers are, in order; one that is not in the passage is none.

    An answer that does not stand between borders of words is taken from another place where it does, if there is one,
    else moved outwards to the words that it touches.

    Args:
        passage: the text.
        golds: answers.
        everywhere: whether an answer is right wherever it stands between borders of words.
    """
    words, found = word_places(passage), dict[tuple[int, int], Placed]()
    for gold in golds:
        if gold.start < 0:
            continue
        length = len(gold.text)
        own = placed(words, gold.start, gold.start + length)
        kept = [] if own is None else [own]
        if everywhere or own is None or own.moved:
            others = (placed(words, place, place + length) for place in occurrences(passage, gold.text))
            whole = [one for one in others if one is not None and not one.moved]
            kept = (whole if everywhere else whole[:1]) or kept
        for one in kept:
            found.setdefault((one.first, one.last), one)
    return [found[key] for key in sorted(found)]


def _on_borders(words: Sequence[tuple[int, int]], start: int, stop: int) -> bool:
    one = placed(words, start, stop)
    return one is not None and not one.moved
