"""Texts whose punctuation stands apart in one part and not in the other."""

from collections.abc import Iterator, Sequence

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts
from elman.data.records import Example

_MARKS = (".", "?", "!")
_APART = tuple(f" {mark}" for mark in _MARKS)
_DIFFERENCE = 0.5
_FEWEST = 10


class MarksApart(Check):
    """Training is tokenized, `the end .`, and validation raw, `the end.`, or the other way round."""

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield which share of the texts of each part end so, of those that end in a mark."""
        if [field.kind for field in data.answers] != [Kind.TEXT]:
            return
        for field in data.of_kind(Kind.TEXT):
            train, valid = (_apart(part, field.name) for part in (data.train, data.valid))
            if train is not None and valid is not None and abs(train - valid) > _DIFFERENCE:
                yield (
                    f"{field.name}: of texts that end in a mark, {train:.0%} have a blank before it in training and "
                    f"{valid:.0%} in validation, first {data.valid[0].where}. Tokenize both, or neither."
                )


def _apart(examples: Sequence[Example], name: str) -> float | None:
    """Return which share of those with a mark at the end have a blank before it; None where few have one."""
    ending = [one.fields[name] for one in examples if one.fields[name].endswith(_MARKS)]
    return sum(text.endswith(_APART) for text in ending) / len(ending) if len(ending) >= _FEWEST else None
