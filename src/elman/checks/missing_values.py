"""Words of programs for a value that is missing, where a label or a text should be."""

from collections import Counter
from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.guessing import MISSING
from elman.data.parts import Parts
from elman.text.printed import counted


class MissingValues(Check):
    """Labels and whole texts that are `NaN`, `None`, `null`, `NA`, as programs write a value that is not there.

    They may be meant, and are trained on.
    """

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how often each stands in a field."""
        for field in data.of_kind(Kind.LABEL, Kind.LABELS, Kind.TEXT):
            found = Counter(value for value in data.values(data.every, field) if value.lower() in MISSING)
            if not found:
                continue
            shown = ", ".join(f"{value!r} {counted(count, 'times')}" for value, count in found.most_common())
            first = data.first(field, next(iter(found)))
            what = "text" if field.kind is Kind.TEXT else "class"
            yield (
                f"{field.name}: {shown}, first in {first}: read as a {what} of that name. Leave such rows out if a "
                "value is missing there."
            )
