"""One label that nearly all examples have."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_SHARE = 0.9
_FEWEST = 20


class Majority(Check):
    """One label that more than nine in ten examples have: accuracy then says little."""

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield which label it is, and what always saying it reaches."""
        for field in data.answers:
            if field.kind not in (Kind.LABEL, Kind.LABELS) or data.several or len(data.train) < _FEWEST:
                continue
            counts, _ = data.counts[field.name]
            (label, times), total = counts.most_common(1)[0], sum(counts.values())
            if times > _SHARE * total and len(counts) > 1:
                yield (
                    f"{field.name}: {times:,} of {total:,} in training are {label!r}: who always says it has an "
                    f"accuracy of {times / total:.1%}. Look at macro F1 and at the table of classes instead."
                )
