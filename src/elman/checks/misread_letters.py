"""Letters that were read in a wrong encoding before they came here."""

from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.parts import Parts
from elman.data.running import RunningText
from elman.text.printed import counted

_REPLACED = "\ufffd"
_FEWEST = 2


class MisreadLetters(Check):
    """U+FFFD, for what could not be read; UTF-8 read as Latin-1 (`Ã¤` for `ä`), Windows-1252 read as Latin-1."""

    takes = (Parts, RunningText)
    weight = 2

    def find(self, data: Parts | RunningText) -> Iterator[str]:
        """Yield each kind of damage with its count and first place."""
        signs = data.signs
        if replaced := signs.get(_REPLACED):
            yield (
                f"texts: U+FFFD {counted(replaced.times, 'times')}, first in {replaced.where}: a letter that "
                "could not be read when the file was made. Make it again with the right encoding."
            )
        twice = [sign for sign in signs if len(sign) > 1]
        windows = [sign for sign in signs if "\x80" <= sign <= "\x9f"]
        if (count := sum(signs[sign].times for sign in twice)) >= _FEWEST:
            yield (
                f"texts: {twice[0]!r} and the like {count:,} times, first in {signs[twice[0]].where}: UTF-8 that was "
                "read as Latin-1 and written again. Convert it back: iconv -f utf-8 -t latin1"
            )
        if (count := sum(signs[sign].times for sign in windows)) >= _FEWEST:
            yield (
                f"texts: control characters from U+0080 to U+009F {count:,} times, first in {signs[windows[0]].where}: "
                "Windows-1252 that was read as Latin-1. Try --set reader.encoding=cp1252 on the file as it was."
            )
