"""Commands and actions as of SCAN: `IN: jump twice OUT: I_JUMP I_JUMP`, one a line."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.columns import read_lines, whole_lines
from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.errors import DataError, quoted

_LINE = re.compile(r"\s*IN:(.*?)(?:\bOUT:(.*))?$")


class ScanReader(WritingReader):
    """Yields `source`, what stands behind `IN:`, and `target`, what stands behind `OUT:`."""

    class Config(WritingReader.Config):
        """Options of commands and actions."""

        name: str = "scan"

    config: Config
    levels = {"level": "word"}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where every line begins with `IN:`."""
        lines = whole_lines(head)
        return 3 * bool(lines and all(_LINE.match(line) for line in lines))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no command; a line has no `IN:`, or no `OUT:` behind it.
        """
        path = paths[0]
        for number, line in read_lines(path, self.config.encoding):
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            found = _LINE.match(line)
            if found is None or (found[2] is None and "target" in self.fields and not self.answers):
                raise DataError(
                    f"{path}:{number}: got {quoted(line.strip())}, expected IN: a command OUT: its actions. Mend or "
                    "remove the line."
                )
            yield from self._pair(found[1].strip(), [(found[2] or "").strip()], f"{path}:{number}")
