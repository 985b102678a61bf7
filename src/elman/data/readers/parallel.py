"""Files side by side: one a field, of which the lines with the same number belong together."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from elman.data.columns import read_lines
from elman.data.fields import Field, Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.shifting import shift
from elman.data.sources import expand
from elman.data.tagging import TagOptions
from elman.errors import DataError
from elman.text.blanks import split_words

_LISTS = ("words", "tags", "labels")


class ParallelReader(Reader):
    """Yields any fields, the line n of each file an example; `words.txt,tags.txt` names the files in their order.

    Words, tags and labels stand in a line with blanks between. Lines that are empty in every file are passed over.
    Files after that with the targets have further ones: line n of each is right.
    """

    class Config(TagOptions, Reader.Config):
        """Options of files side by side."""

        name: str = "parallel"

    config: Config

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._further: dict[Path, int] = {}  # files with further targets, by the first of those they lie beside

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say that whatever fits into a line can stand in two files or more."""
        return len(fields) >= 2 and not {field.kind for field in fields} & {
            Kind.STREAM,
            Kind.FRAMES,
            Kind.STORY,
            Kind.SPANS,
            Kind.CHOICES,
            Kind.VECTORS,
        }

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for names with a comma between, where no file is called so."""
        return 3 if "," in str(path) and not path.exists() else 0

    @property
    def together(self) -> int:
        """One file a field."""
        return len(self.fields)

    def _find(self, name: str, base: Path) -> list[Path]:
        count = 1 if (base / name).exists() else len(name.split(","))
        if self.together == 1 and count > 1:
            raise DataError(
                f"{name}: got {count} files side by side, expected only that with the {self.fields[0]}. Name it alone."
            )
        if self.fields[-1:] != ("target",) or count <= self.together:
            return super()._find(name, base)
        *before, last = name.split(",")[: self.together]
        found = super()._find(",".join([*before, last]), base)
        further = [expand([part], base) for part in name.split(",")[self.together :]]
        if any(len(paths) * self.together != len(found) for paths in further):
            counts = " and ".join(str(len(paths)) for paths in further)
            raise DataError(
                f"{name}: got {len(found) // self.together} sources and {counts} further targets, expected as many."
            )
        every: list[Path] = []
        for number, start in enumerate(range(0, len(found), self.together)):
            self._further[found[start]] = len(further)
            every += [*found[start : start + self.together], *(paths[number] for paths in further)]
        return every

    def _beside(self, paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
        start = 0
        while start < len(paths):
            end = start + self.together + self._further.get(paths[start], 0)
            yield paths[start:end]
            start = end

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files, those side by side following each other.

        Raises:
            DataError: a file cannot be read or is empty; files have different numbers of lines; a line is empty in one
                of them only; words and tags of a line are not equally many.
        """
        if any(len(beside) < self.together for beside in self._beside(paths)):
            names = ", ".join(map(str, paths))
            raise DataError(
                f"{names}: got {len(paths)} files, expected {self.together} side by side: {', '.join(self.fields)}. "
                f"Name them {','.join(self.fields)} with a comma between."
            )
        yield from super().read(paths)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        counts, lengths, wrong = [0] * len(paths), [list[int]() for _ in paths], None
        for rows in zip_longest(*(read_lines(path, self.config.encoding) for path in paths)):
            counts = [count + (row is not None) for count, row in zip(counts, rows, strict=True)]
            for some, row in zip(lengths, rows, strict=True):
                some += [] if row is None else [len(row[1])]
            if None in rows or wrong is not None:
                continue  # files are read to their ends, to say how long they are: lines that are shifted do not fit
            number, lines = rows[0][0], [row[1].strip() for row in rows]
            if not any(lines) and not (self.answers and self._of_texts):
                self.skipped["empty lines"] += 1
                continue
            try:
                yield from self._example(paths, number, lines)
            except DataError as error:
                wrong = error
        if len(set(counts)) > 1:
            told = " and ".join(f"{path} {count}" for path, count in zip(paths[1:], counts[1:], strict=True))
            raise DataError(
                f"{paths[0]} has {counts[0]} lines and {told}, expected as many in each, since line n of each belongs "
                f"together{shift(lengths)}. Find the line that is missing or too many."
            )
        if wrong is not None:
            raise wrong

    @property
    def _of_texts(self) -> bool:
        return {"source", "target"}.issuperset(self.fields)

    def _example(self, paths: Sequence[Path], number: int, lines: Sequence[str]) -> Iterator[Example]:
        places = [f"{path}:{number}" for path in paths]
        if self._of_texts:
            lines = [line.replace("\t", " ") for line in lines]  # no column ends there
            values: dict[str, Any] = dict(zip(self.fields, lines, strict=False))
            if "target" in values:
                targets = lines[len(self.fields) - 1 :]
                values["target"] = [line for line in targets if line] or [""] * self.answers
            yield from self._kept(values, places[0])
            return
        if not all(lines):
            empty = next(i for i, line in enumerate(lines) if not line)
            full = next(place for place, line in zip(places, lines, strict=True) if line)
            raise DataError(
                f"{places[empty]}: got an empty line, expected some {self.fields[empty]}: {full} is not empty. Fill "
                "the line, or take it out of every file."
            )
        fields = {f: split_words(line) if f in _LISTS else line for f, line in zip(self.fields, lines, strict=True)}
        if "words" in fields and "tags" in fields and len(fields["words"]) != len(fields["tags"]):
            words, tags = (self.fields.index(field) for field in ("words", "tags"))
            raise DataError(
                f"{places[words]}: {len(fields['words'])} words, but {places[tags]} has {len(fields['tags'])} tags, "
                "expected as many. Words and tags stand with blanks between."
            )
        yield Example(fields, places[0])
