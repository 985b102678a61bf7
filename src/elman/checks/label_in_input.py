"""Texts that have their own label in them."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_FEWEST = 20
_SHARE = 0.95
_LETTERS = 2


class LabelInInput(Check):
    """A text in which its label stands as a word, so that nothing need be learned. Nearly all must have it."""

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield which field gives the label away."""
        labels = [field for field in data.answers if field.kind in (Kind.LABEL, Kind.LABELS)]
        total = len(data.train)
        if not labels or total < _FEWEST or len(data.counts[labels[0].name][0]) < _LETTERS:
            return
        for field in data.of_kind(Kind.TEXT):
            if field.name not in data.inputs:
                continue
            if (found := self._having(data, field.name, labels[0].name)) >= _SHARE * total:
                yield (
                    f"{field.name}: {found:,} of {total:,} training {data.things} ({found / total:.1%}) have their "
                    f"label in them as a word, first {data.train[0].where}. Take it out, or nothing else is learned."
                )

    @staticmethod
    def _having(data: Parts, text: str, label: str) -> int:
        """Return how many have it; as soon as too many have not, none."""
        left, found = int((1 - _SHARE) * len(data.train)), 0
        for example in data.train:
            value = example.fields[label]
            names = [value] if isinstance(value, str) else value
            given = example.fields[text]
            if names and all(len(name) >= _LETTERS and name in given for name in names):
                words = given.split()
                if given in names or all(name in words for name in names):
                    found += 1
                    continue
            left -= 1
            if left < 0:
                return 0
        return found
