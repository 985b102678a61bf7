"""Files side by side: one a field, of which the lines with the same number belong together."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from elman.data.columns import read_lines
from elman.data.fields import Field, Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError
from elman.text.blanks import split_words

_LISTS = ("words", "tags", "labels")


class ParallelReader(Reader):
    """Yields any fields, the line n of each file an example; `words.txt,tags.txt` names the files in their order.

    Words, tags and labels stand in a line with blanks between. Lines that are empty in every file are passed over.
    """

    class Config(TagOptions, Reader.Config):
        """Options of files side by side."""

        name: str = "parallel"

    config: Config

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say that whatever fits into a line can stand in two files or more."""
        return len(fields) >= 2 and not {field.kind for field in fields} & {Kind.STREAM, Kind.FRAMES}

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
        return super()._find(name, base)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files, those side by side following each other.

        Raises:
            DataError: a file cannot be read or is empty; files have different numbers of lines; a line is empty in one
                of them only; words and tags of a line are not equally many.
        """
        if len(paths) % self.together:
            names = ", ".join(map(str, paths))
            raise DataError(
                f"{names}: got {len(paths)} files, expected {self.together} side by side: {', '.join(self.fields)}. "
                f"Name them {','.join(self.fields)} with a comma between."
            )
        yield from super().read(paths)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        counts = [0] * len(paths)
        for rows in zip_longest(*(read_lines(path, self.config.encoding) for path in paths)):
            counts = [count + (row is not None) for count, row in zip(counts, rows, strict=True)]
            if None in rows:
                continue  # the longer files are read to their ends, to say how long they are
            number, lines = rows[0][0], [row[1].strip() for row in rows]
            if any(lines):
                yield self._example(paths, number, lines)
            else:
                self.skipped["empty lines"] += 1
        if len(set(counts)) > 1:
            lengths = " and ".join(f"{path} {count}" for path, count in zip(paths[1:], counts[1:], strict=True))
            raise DataError(
                f"{paths[0]} has {counts[0]} lines and {lengths}, expected as many in each, since line n of each "
                "belongs together. Find the line that is missing or too many."
            )

    def _example(self, paths: Sequence[Path], number: int, lines: Sequence[str]) -> Example:
        places = [f"{path}:{number}" for path in paths]
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
        return Example(fields, places[0])
