"""One example that is much longer than all the others."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Field, Kind
from elman.data.parts import Parts

_TIMES = 20
_LEAST = {Kind.TEXT: 20_000, Kind.WORDS: 1000}
_UNIT = {Kind.TEXT: "characters", Kind.WORDS: "words"}
_MEND = {
    Kind.TEXT: "Is a quote open there, or a line end missing?",
    Kind.WORDS: "Is an empty line missing between its sentences?",
}


class Lengths(Check):
    """The longest of many, where it is twenty times as long as nearly all others: rows that ran into each other."""

    takes = (Parts,)
    weight = 1

    def find(self, data: Parts) -> Iterator[str]:
        """Yield where it is."""
        for field in data.fields:
            if field.kind in _LEAST:
                yield from self._longest(data, field)

    @staticmethod
    def _longest(data: Parts, field: Field) -> Iterator[str]:
        lengths = [len(example.fields[field.name]) for example in data.every]
        longest = max(lengths, default=0)
        if longest < _LEAST[field.kind]:
            return
        ranked = sorted(lengths)
        usual = ranked[int(0.99 * (len(ranked) - 1))] if len(ranked) > 1 else 0
        if longest < _TIMES * usual:
            return
        example = next(one for one in data.every if len(one.fields[field.name]) == longest)
        usually = f"99% of the others have at most {usual:,}" if len(ranked) > 1 else "it is the only one"
        yield (f"{field.name}: {example.where} has {longest:,} {_UNIT[field.kind]}, {usually}. {_MEND[field.kind]}")
