"""The same input with different answers."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts

_SHARE = 0.005
_FEWEST = 2


class Contradictions(Check):
    """Training inputs that have one answer here and another there. Only one of them can be learned.

    Told where half a percent of the examples contradict an earlier one, texts of less than five words left out, and
    where a list has one recording twice. Texts are such answers only of recordings: others may be said in many ways.
    """

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many examples have another answer than an earlier one, and the first two."""
        if not data.classes and not _transcribes(data):
            return
        against = [
            row
            for row, before in data.again.items()
            if data.answer_of(data.train[row]) != data.answer_of(data.train[before])
            and not data.is_short(data.train[row])
        ]
        total = len(data.train)
        listed = any(data.train[row].where == data.train[data.again[row]].where for row in against)
        if not listed and len(against) < max(_FEWEST, _SHARE * total):
            return
        row, share = against[0], len(against) / total
        one, other = data.train[row], data.train[data.again[row]]
        mend = "Where both are right, make one example with several labels of them." if data.several else "Mend them."
        yield (
            f"training: {len(against):,} of {total:,} {data.things} ({share:.1%}) are there before with another "
            f"answer, first {other.where} ({data.told(other, one)}) and {one.where} ({data.told(one, other)}). {mend}"
        )


def _transcribes(data: Parts) -> bool:
    """Say whether what is given is a recording, and its answer the one text that was said."""
    of = {field.name: field.kind for field in data.fields}
    given = [of[name] for name in data.inputs]
    return given == [Kind.FRAMES] and [field.kind for field in data.answers] == [Kind.TEXT]
