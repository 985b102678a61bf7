"""Texts that are the numbers of their rows."""

from collections.abc import Iterator
from itertools import pairwise

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_FEWEST = 10
_SHARE = 0.9


class Numbering(Check):
    """A column that counts the rows, taken for the text."""

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield which field counts."""
        if not any(field.kind in (Kind.LABEL, Kind.LABELS, Kind.NUMBER) for field in data.answers):
            return  # numbers may be what is written in other words
        for field in data.of_kind(Kind.TEXT):
            if len(data.train) < _FEWEST or not data.train[0].fields[field.name].isdecimal():
                continue
            values = [example.fields[field.name] for example in data.train]
            numbers = [int(value) for value in values if value.isdecimal() and len(value) < 16]
            steps = sum(after == before + 1 for before, after in pairwise(numbers))
            if steps >= _SHARE * (len(values) - 1):
                yield (
                    f"{field.name}: counts the rows, {values[0]}, {values[1]}, {values[2]} and so on from "
                    f"{data.train[0].where}. Is it the right column? --set reader.columns names it."
                )
