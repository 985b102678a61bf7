"""The format of fastText: labels with a prefix in front, then the text, one example a line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError


class FasttextReader(Reader):
    """Yields the fields `text` and `labels`, such as `__label__sports __label__news text`.

    What looks like a label behind the first word of the text is text. Where no labels are asked for, none are needed.
    """

    class Config(Reader.Config):
        """Options of the format of fastText."""

        name: str = "fasttext"
        prefix: str = Field("__label__", min_length=1, description="How a label begins; it is no part of its name.")

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where it begins with a label."""
        return 3 if head.lstrip().startswith("__label__") else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no example; a line has no label.
        """
        path = paths[0]
        for number, line in read_lines(path, self.config.encoding):
            labels, text = self._split(line)
            if not text and not labels:
                self.skipped["empty lines"] += 1
            elif "labels" in self.fields and not all(labels or [""]):
                raise DataError(
                    f"{path}:{number}: no label: got {line[:40]!r}, expected {self.config.prefix}NAME and the text. "
                    "Give it one, or set reader.prefix to what labels begin with."
                )
            elif not text:
                self.skipped["labels without text"] += 1
            else:
                values = {"labels": labels, "text": text}
                yield Example({field: values[field] for field in self.fields}, f"{path}:{number}")

    def _split(self, line: str) -> tuple[list[str], str]:
        labels, text = [], line.strip()
        while text.startswith(self.config.prefix):
            label, text = (*text.split(maxsplit=1), "")[:2]
            labels.append(label.removeprefix(self.config.prefix))
        return labels, text
