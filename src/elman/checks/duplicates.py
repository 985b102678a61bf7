"""Training examples that stand there several times, with the same answer."""

from collections import Counter
from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.parts import Parts

_SHARE = 0.05
_FEWEST = 3


class Duplicates(Check):
    """Examples of training that are there more than once, word for word, answer and all.

    Told from 5% of the examples on, without texts of less than five words, which come twice by themselves.
    """

    takes = (Parts,)
    weight = 1

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many come again, and the first pair."""
        seen: dict[object, int] = {}
        again: list[tuple[int, int]] = []
        for row, before in data.again.items():
            example = data.train[row]
            seen.setdefault((before, data.answer_of(data.train[before])), before)
            first = seen.setdefault((before, data.answer_of(example)), row)
            if first != row and not data.is_short(example):
                again.append((first, row))
        total = len(data.train)
        if len(again) < max(_FEWEST, _SHARE * total):
            return
        first, row = again[0]
        most = max(Counter(one for one, _ in again).values()) + 1
        yield (
            f"training: {len(again):,} of {total:,} {data.things} ({len(again) / total:.1%}) are there before, answer "
            f"and all, one of them {most:,} times, first {data.train[row].where}, the same as "
            f"{data.train[first].where}. Leave out what is no evidence of its own."
        )
