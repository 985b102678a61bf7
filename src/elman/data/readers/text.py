"""Plain text: the file's own lines, in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.sources import read_blocks
from elman.errors import DataError


class TextReader(Reader):
    """Yields the field `text`: whole lines, line breaks included, in blocks of about 64 K characters.

    A last line without an end gets one, so that the next file starts on a line of its own.
    """

    holds = {Kind.STREAM: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Any file may be text."""
        return 1

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the text of one file.

        Raises:
            DataError: it cannot be read, is empty, or has nothing but white space.
        """
        path = paths[0]
        size, blank, text = 0, True, "\n"
        for line, text in read_blocks(path, self.config.encoding):
            size += len(text)
            blank = blank and text.isspace()
            yield Example({"text": text}, f"{path}:{line}")
        ended = text.endswith("\n")
        if size == 0:
            raise DataError(f"{path}: the file is empty. Give it some text.")
        if blank:
            raise DataError(f"{path}: nothing but white space. Give it some text.")
        if not ended:
            yield Example({"text": "\n"}, f"{path}:{line}")
