"""A label in front of each line: the first word is the label, the rest is the text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from elman.data.columns import ends_with, read_lines, whole_lines
from elman.data.contrast import begin_sentences
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example

_LINES_TO_GUESS = 100
_MOST_LABELS = 200
_OTHER = re.compile(r"[,;|]$|[|]|^[\[{\"<]")  # marks behind a label or in front of it are those of another format


class LabeledReader(Reader):
    """Yields the fields `text` and `labels`, such as `0 the film is slow` or `LOC:city Where is it ?`.

    If all labels of the first 100 lines of the first file have a colon, they are labels with sublabels, as in TREC, and
    what is behind the colon is dropped, unless `sublabels` says otherwise.
    """

    class Config(Reader.Config):
        """Options of lines with a label in front."""

        name: str = "labeled"
        sublabels: Literal["auto", "drop", "keep"] = Field(
            "auto",
            description="LOC:city is the label LOC (drop) or stays (keep); auto drops where all have a colon.",
        )

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._sublabels = self.config.sublabels  # `auto` until the first file is opened

    @property
    def _decided(self) -> Mapping[str, Any]:
        """What was decided about sublabels."""
        return {"sublabels": self._sublabels}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 1 where few different words begin the lines, as in no other format, and none of sentences."""
        lines = whole_lines(head)
        starts = {line.split(maxsplit=1)[0] for line in lines}
        if ends_with(path, ".csv", ".tsv") or any(_OTHER.search(start) for start in starts):
            return 0
        return int(0 < len(starts) <= min(_MOST_LABELS, max(2, len(lines) / 10)) and not begin_sentences(lines))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no example.
        """
        path = paths[0]
        rows = self._rows(path)
        first = list(islice(rows, _LINES_TO_GUESS))
        self._doubt([f"{label} {text}" for _, label, text in first])
        if first and self._sublabels == "auto":
            self._sublabels = "drop" if all(":" in label for _, label, _ in first) else "keep"
            if self._sublabels == "drop":
                label = first[0][1]
                said = f"{label} is read as {label.partition(':')[0] or label}"
                self.remarks.append(f"labels: {said}, guessed; --set reader.sublabels=keep keeps it")
        cut = self._sublabels == "drop"
        for number, label, text in chain(first, rows):
            if not text and not self.answers:
                self.skipped["labels without text"] += 1
                continue
            # A label that begins with a colon has nothing in front of it that could be the label.
            values = {"labels": [(label.partition(":")[0] or label) if cut else label], "text": text}
            yield Example({field: values[field] for field in self.fields}, f"{path}:{number}")

    def _doubt(self, lines: Sequence[str]) -> None:
        """Tell of labels that may well be the first words of sentences."""
        if "labels" in self.fields and begin_sentences(lines):
            self.remark(
                f"labels: the first word of each line, such as {lines[0].split()[0]!r}, though lines begin as "
                "sentences do; --set reader.name=classes if each file is a class"
            )

    def _rows(self, path: Path) -> Iterator[tuple[int, str, str]]:
        for number, line in read_lines(path, self.config.encoding):
            label, text = (*line.split(maxsplit=1), "", "")[:2]
            if label:
                yield number, label, text.rstrip()
            else:
                self.skipped["empty lines"] += 1


def labels_in_front(lines: Sequence[str]) -> set[str]:
    """Return the words that begin lines, where each comes ten times on the average, as labels do; else none."""
    starts = {line.split(maxsplit=1)[0] for line in lines}
    return starts if len(starts) <= max(1, len(lines) / 10) else set()
