"""Examples of the validation part that stand in the training part too."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.parts import Parts

_SHARE = 0.01
_SHORT_SHARE = 0.25
_FEWEST = 2


class Overlap(Check):
    """Inputs of validation that are inputs of training: what was learned by heart is counted as known.

    Told from 1% of the inputs on; of texts of less than five words, which come twice by themselves, from 25% on.
    """

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many there are, and the first with its double."""
        both = list(data.shared)
        long = [row for row in both if not data.is_short(data.valid[row])]
        total = len(data.valid)
        if len(long) < max(_FEWEST, _SHARE * total) and len(both) < max(_FEWEST, _SHORT_SHARE * total):
            return
        row = (long or both)[0]
        first, double = data.valid[row], data.train[data.shared[row]]
        line, same = ":" in first.where, first.where == double.where
        if line and same:
            return  # one file is both parts, which is told elsewhere
        beside = line and first.where.rpartition(":")[0] == double.where.rpartition(":")[0]
        mend = "Take doubles out of the file" if beside else "Take them out of one part"
        there = first.where if same else f"{first.where}, the same as {double.where}"
        yield (
            f"validation: {len(both):,} of {total:,} {data.things} ({len(both) / total:.1%}) are in training too, "
            f"first {there}: scores come out too good. {mend}."
        )
