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
        both = [one for one in data.valid if data.input_of(one) in data.first_rows]
        long = [one for one in both if not data.is_short(one)]
        total = len(data.valid)
        if len(long) < max(_FEWEST, _SHARE * total) and len(both) < max(_FEWEST, _SHORT_SHARE * total):
            return
        first = (long or both)[0]
        double = data.train[data.first_rows[data.input_of(first)]]
        if first.where == double.where:
            return  # one file is both parts, which is told elsewhere
        beside = first.where.rpartition(":")[0] == double.where.rpartition(":")[0]
        mend = "Take doubles out of the file" if beside else "Take them out of one part"
        yield (
            f"validation: {len(both):,} of {total:,} {data.things} ({len(both) / total:.1%}) are in training too, "
            f"first {first.where}, the same as {double.where}: scores come out too good. {mend}."
        )
