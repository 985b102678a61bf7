"""A mail a file, with its subject: the body, a line `@subject`, the subject, and further ones under `@ann0` ..."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.data.sources import files_of, head, read_blocks
from elman.errors import DataError

_MARK = re.compile(r"^@(subject|ann\d+)[^\S\n]*$", re.MULTILINE)
_LOOKED_AT = 3


class AeslcReader(WritingReader):
    """Yields `source`, the body of a mail on one line, and `target`, its subject and what annotators made of it.

    The files of a folder are read in the order of their names; hidden ones are no data. Only a line of its own is a
    mark: a body may speak of an @subject.
    """

    class Config(WritingReader.Config):
        """Options of mails."""

        name: str = "aeslc"

    config: Config
    folders = True
    apart = "each file is an example"

    @classmethod
    def recognizes(cls, path: Path, beginning: str, fields: Sequence[str]) -> int:
        """Say 3 for a folder whose first files have a line `@subject`."""
        if not path.is_dir():
            return 0
        first = [file for file in files_of(path) if not file.is_dir()][:_LOOKED_AT]
        return 3 * bool(first and all(_MARK.search(head(file)) for file in first))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the files of a folder.

        Raises:
            DataError: a folder or file cannot be read; a file has no line `@subject`.
        """
        for file in files_of(paths[0]):
            if file.is_dir():
                self.skipped["folders in the folder"] += 1
                continue
            text = "".join(block for _, block in read_blocks(file, self.config.encoding))
            if not text.strip():
                self.skipped["empty files"] += 1
                continue
            body, *parts = _MARK.split(text)
            if not parts and "target" in self.fields and not self.answers:
                raise DataError(f"{file}: got no line @subject, expected one between body and subject. Add it.")
            subjects = [on_one_line for one in parts[1::2] if (on_one_line := " ".join(one.split()))]
            yield from self._pair(" ".join(body.split()), subjects, str(file))
