"""Targets that are their sources."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_SHARE = 0.5
_FEWEST = 10


class CopiedTargets(Check):
    """Sources with themselves as target, half of all or more: a file was named twice, or copying is learned."""

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many there are, and the first."""
        if [field.kind for field in data.fields] != [Kind.TEXT] * 2 or len(data.train) < _FEWEST:
            return
        if any(field.kind.numeric for field in data.fields):
            return  # what was recorded is no text
        source, target = data.inputs[0], data.answers[0].name
        same = [one.where for one in data.train if one.fields[source] == one.fields[target] != ""]
        if len(same) > _SHARE * len(data.train):
            yield (
                f"{target}: {len(same):,} of {len(data.train):,} are the same as their {source} "
                f"({len(same) / len(data.train):.0%}), first {same[0]}. Was one file given twice?"
            )
