"""Lines of a validation text that training has, too."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.running import RunningText

_SHARE = 0.02
_FEWEST = 5


class RepeatedLines(Check):
    """Lines of 30 characters or more that stand in both parts of a text; told from 2% of them on."""

    takes = (RunningText,)
    weight = 3

    def find(self, data: RunningText) -> Iterator[str]:
        """Yield how many there are, and the first."""
        both, lines, where = data.repeated
        if both >= max(_FEWEST, _SHARE * lines):
            yield (
                f"validation: {both:,} of {lines:,} lines of 30 characters or more ({both / lines:.1%}) are in "
                f"training too, first {where}: scores come out too good. Take them out of one part."
            )
