"""Characters that nobody sees."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.parts import Parts
from elman.data.running import RunningText
from elman.text.blanks import NO_WIDTH
from elman.text.printed import counted

_OF = 100_000


class Invisible(Check):
    """Control characters, NUL among them, and U+200B and U+FEFF, which have no width, inside of texts and labels.

    Those without width are told from one in a hundred thousand characters on.
    """

    takes = (Parts, RunningText)
    weight = 1

    def find(self, data: Parts | RunningText) -> Iterator[str]:
        """Yield how often there are some, which, and where first."""
        control = [sign for sign in data.signs if len(sign) == 1 and (sign < " " or sign == "\x7f")]
        width = [sign for sign in NO_WIDTH if sign in data.signs]
        if sum(data.signs[sign].times for sign in width) * _OF < data.characters:
            width = []
        for what, found in (("control characters", control), ("signs without width", width)):
            if found:
                points = ", ".join(
                    f"U+{ord(sign):04X} {counted(data.signs[sign].times, 'times')}" for sign in sorted(found)
                )
                first = next(data.signs[sign].where for sign in data.signs if sign in found)
                yield f"texts: {what} ({points}), first in {first}. Take them out: a word with one is another word."
