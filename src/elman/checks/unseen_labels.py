"""Labels and tags of validation that training does not have."""

import re
from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts
from elman.text.printed import listed

_SHARE_OF_TAGS = 0.001
_PREFIX = re.compile(r"[BIESLUM]-")


class UnseenLabels(Check):
    """Labels and tags that stand in validation only: no model can give them, and each of them is a mistake.

    Of tags of spans what they mark counts, not where; they are told from one in a thousand on.
    """

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many there are, and which."""
        for field in data.classes:
            train, valid = data.counts[field.name]
            tags = field.kind is Kind.TAGS
            known = {_type(tag) for tag in train} if tags else train.keys()
            unseen = [label for label in valid if (_type(label) if tags else label) not in known]
            times, total = sum(valid[label] for label in unseen), sum(valid.values())
            if not unseen or not train or (tags and times < _SHARE_OF_TAGS * total):
                continue
            yield (
                f"{field.name}: validation has {len(unseen):,} that training does not have ({times:,} of {total:,}, "
                f"{times / total:.1%}): {listed(unseen)}; first in {data.first(field, unseen[0], data.valid)}. They "
                "are never answered: give training some of each."
            )


def _type(tag: str) -> str:
    """Return what a tag marks, whatever its place in a span."""
    return _PREFIX.sub("", tag, count=1)
