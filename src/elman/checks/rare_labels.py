"""Labels with one example, and labels that nearly all differ."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts
from elman.text.printed import listed

_DIFFERENT = 0.5
_FEWEST = 10


class RareLabels(Check):
    """Labels that have a single training example; of texts that are labelled, not of tags, most of which are rare."""

    takes = (Parts,)
    weight = 1

    def find(self, data: Parts) -> Iterator[str]:
        """Yield that labels nearly all differ, or which of them are there once."""
        for field in data.answers:
            if field.kind not in (Kind.LABEL, Kind.LABELS):
                continue
            counts, _ = data.counts[field.name]
            once, total = [label for label, count in counts.items() if count == 1], len(data.train)
            if total >= _FEWEST and len(once) > _DIFFERENT * total:
                yield (
                    f"{field.name}: {len(once):,} of {total:,} training {data.things} have a label that no other has, "
                    f"such as {listed(once)}. Is it the right column? --set reader.columns names it."
                )
            elif once and total >= _FEWEST:
                yield (
                    f"{field.name}: one training example for {len(once):,} of {len(counts):,} labels: {listed(once)}; "
                    f"first in {data.first(field, once[0], data.train)}. Give more, or leave them out."
                )
