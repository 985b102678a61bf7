"""A file a class: each line of it is one text, and the name of the file is its label."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from elman.data.columns import ends_with, read_lines, whole_lines
from elman.data.contrast import begin_sentences, differ
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.readers.labeled import labels_in_front
from elman.data.records import Example
from elman.data.sources import head as beginning
from elman.errors import DataError

_OTHERS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".conll", ".conllu", ".ts", ".toml", ".md", ".xlsx")


class ClassesReader(Reader):
    """Yields the fields `text` and `labels`, file by file: `a.pos b.neg`, or a folder with a file a class.

    The label is the name of the file without its ending, or its ending where the names are the same otherwise
    (`reviews.pos reviews.neg`). Where no labels are asked for, any file will do.
    """

    class Config(Reader.Config):
        """Options of a file a class."""

        name: str = "classes"
        label: Literal["auto", "name", "ending"] = Field(
            "auto", description="What the label is of the name of a file; auto: the name, if these differ."
        )

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}
    any_text = True

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._label = config.label  # `auto` until files are found

    @property
    def _decided(self) -> Mapping[str, Any]:
        """What of the name of a file is the label."""
        return {"label": self._label}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for a folder with two files or more, none of them in another format, and nothing else."""
        if not path.is_dir() or "labels" not in fields:
            return 0
        files = _files(path)
        return 3 if len(files) > 1 and all(map(_is_text, files)) and not any(map(Path.is_dir, path.iterdir())) else 0

    @classmethod
    def recognizes_together(cls, paths: Sequence[Path], fields: Sequence[str]) -> int:
        """Say 2 for files whose lines have no labels in front, 1 where what may be some may be words of texts as well.

        They begin with different words in each file, or all with one; or with the same words, and the files have other
        words apart: surely where these are those of sentences, perhaps where they are words at all.
        """
        if "labels" not in fields or not cls.may_be_classes(paths):
            return 0
        files = [whole_lines(beginning(path)) for path in paths]
        labels = list(map(labels_in_front, files))
        if not set.intersection(*labels) or len(set.union(*labels)) == 1:
            return 2
        if not all(map(str.isalpha, set.union(*labels))) or not differ(files):
            return 0
        return 2 if begin_sentences(list(chain(*files))) else 1

    @classmethod
    def may_be_classes(cls, paths: Sequence[Path]) -> bool:
        """Say whether these are several files of text, with different names or endings."""
        if len(paths) < 2 or not all(path.is_file() and _is_text(path) for path in paths):
            return False
        return any(_differ(_names(paths, part)) for part in ("name", "ending"))

    def find(self, names: Sequence[str], base: Path = Path()) -> list[Path]:
        """Return the files that names and globs stand for, and those of folders; their labels are said.

        Raises:
            DataError: a name leads nowhere, or two files would have the same label.
        """
        found = []
        for name in names:
            path = base / name
            found += _files(path) if path.is_dir() else super().find([name], base)
        if "labels" in self.fields:
            self._decide(found)
        return found

    def _decide(self, paths: Sequence[Path]) -> None:
        if self._label == "auto":
            self._label = "ending" if len(paths) > 1 and not _differ(_names(paths, "name")) else "name"
        shown = ", ".join(f"{label} ({path.name})" for label, path in zip(self._labels(paths), paths, strict=True))
        self.remark(f"labels: each file is a class, a line a text: {shown}")

    def _labels(self, paths: Sequence[Path]) -> list[str]:
        return _names(paths, "ending" if self._label == "ending" else "name")

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read or is empty.
        """
        path = paths[0]
        [label] = self._labels([path])
        if not label and "labels" in self.fields:
            raise DataError(f"{path}: got no ending, expected one, which is its label. Rename it, such as {path}.pos.")
        for number, line in read_lines(path, self.config.encoding):
            text = line.strip()
            if not text and not self.answers:
                self.skipped["empty lines"] += 1
                continue
            values = {"text": text, "labels": [label]}
            yield Example({field: values[field] for field in self.fields}, f"{path}:{number}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _is_text(path: Path) -> bool:
    return not ends_with(path, *_OTHERS)


def _names(paths: Sequence[Path], part: str) -> list[str]:
    bare = [path.with_suffix("") if path.suffix == ".gz" else path for path in paths]
    return [path.suffix.removeprefix(".") if part == "ending" else path.stem for path in bare]


def _differ(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names) > 1
