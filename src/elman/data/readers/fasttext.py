"""The format of fastText: labels with a prefix, usually in front of the text, one example a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from elman.data.columns import read_lines, whole_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError


class FasttextReader(Reader):
    """Yields the fields `text` and `labels`, such as `__label__sports __label__news text`.

    As for fastText itself, a word that begins with the prefix is a label wherever it stands. In files with several
    labels in a line, a line may have none; in others it is refused. Where no labels are asked for, none are needed.
    """

    class Config(Reader.Config):
        """Options of the format of fastText."""

        name: str = "fasttext"
        prefix: str = Field("__label__", min_length=1, description="How a label begins; it is no part of its name.")
        unlabeled: Literal["auto", "keep", "refuse"] = Field(
            "auto", description="Lines without a label; auto keeps them where some line has several labels."
        )

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._label = re.compile(rf"(?<!\S){re.escape(config.prefix)}(\S*)\s*")
        self._several = config.unlabeled == "keep"  # whether some line has several labels, as far as it is known

    @property
    def _decided(self) -> Mapping[str, Any]:
        """Whether lines may have no label."""
        return {"unlabeled": "keep" if self._several else self.config.unlabeled}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where most lines have a label."""
        lines = whole_lines(head)
        return 3 if 2 * sum("__label__" in line for line in lines) > len(lines) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no example; a line has no label.
        """
        path = paths[0]
        for number, line in read_lines(path, self.config.encoding):
            labels, text = self._split(line)
            self._several = self._several or len(labels) > 1
            if not text and not labels:
                self.skipped["empty lines"] += 1
                continue
            if "labels" in self.fields and (not all(labels) or (not labels and not self._may_lack(path))):
                raise DataError(
                    f"{path}:{number}: no label: got {line[:40]!r}, expected {self.config.prefix}NAME and the text. "
                    "Give it one, or set reader.prefix to what labels begin with."
                )
            if not text and not self.answers:
                self.skipped["labels without text"] += 1
            else:
                values = {"labels": labels, "text": text}
                yield Example({field: values[field] for field in self.fields}, f"{path}:{number}")

    def _may_lack(self, path: Path) -> bool:
        """Say whether lines may have no label: some line has several, here or in a file that was read before."""
        if not self._several and self.config.unlabeled == "auto":
            self._several = any(len(self._split(line)[0]) > 1 for _, line in read_lines(path, self.config.encoding))
        return self._several

    def _split(self, line: str) -> tuple[list[str], str]:
        return self._label.findall(line), self._label.sub("", line).strip()
