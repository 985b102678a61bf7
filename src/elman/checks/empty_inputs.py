"""Inputs with nothing in them."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_SHARE = 0.01


class EmptyInputs(Check):
    """Texts of blanks or marks alone, without a letter or a digit, from 1% of the examples on."""

    takes = (Parts,)
    weight = 1

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many there are, and the first."""
        for field in data.of_kind(Kind.TEXT):
            total = len(data.train) + len(data.valid)
            empty = [one.where for one in data.every if not any(map(str.isalnum, one.fields[field.name]))]
            if empty and len(empty) >= _SHARE * total:
                yield (
                    f"{field.name}: {len(empty):,} of {total:,} ({len(empty) / total:.1%}) have neither a letter nor a "
                    f"digit, first {empty[0]}. Leave them out if they say nothing."
                )
