"""CoNLL columns: a word a line with its tags beside it, and an empty line after each sentence."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from elman.data.columns import column_count, ends_with, read_lines, whole_lines
from elman.data.fields import Kind
from elman.data.layout import Layout, Line, columns, is_comment, layout, share_of_rows, word_name
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions, without_tag
from elman.errors import DataError

_LINES_TO_GUESS = 5000
_TAGGED = 0.5
_SHOWN = 3
_MANY, _LINES_OF_A_SENTENCE = 0.2, 20


class ConllReader(Reader):
    """Yields the fields `words` and `tags`, a sentence an example.

    A line with a tab is split at tabs, another one at blanks. Lines that begin with `# ` and have no tag where others
    have one are comments; `#` with its tag is a word. A header (`token tag`) is passed over, and so are lines that
    begin with -DOCSTART-, which end a sentence. Where the first column counts the words, they stand in the second.
    """

    class Config(TagOptions, Reader.Config):
        """Options of CoNLL columns."""

        name: str = "conll"
        word_column: int | Literal["auto"] = Field(
            "auto",
            description="The column of the words, from 0; negative counts from the end; auto: the first, or the second "
            "where the first counts 1, 2, 3.",
        )
        tag_column: int = Field(-1, description="The column of the tags, from 0; negative counts from the end.")
        vary: bool = Field(False, description="Lines may have different numbers of columns.")
        comments: str = Field(
            "auto",
            description="How lines begin that are comments; empty: none; auto: `# ` where no tag follows.",
        )

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}
    apart = "sentences stand apart by blank lines"

    endings: ClassVar[Sequence[str]] = (".conll", ".conll2003", ".iob", ".iob2", ".bio")

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._word_column = config.word_column  # `auto` until the first file is opened

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The column of the words."""
        return {"word_column": self._word_column}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 2 for the usual names, and for columns with an empty line between; 1 for columns alone.

        Every line has as many, or most have and they end in a tag.
        """
        if ends_with(path, *cls.endings):
            return 2
        share, width, tagged = share_of_rows(whole_lines(head))
        even = width >= len(fields) and (share == 1 or (share > _TAGGED < tagged))
        return (2 if "\n\n" in head else 1) if even else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no sentence; the number of columns changes; a column is
                not there; a word has no tag.
        """
        path = paths[0]
        rows: list[Sequence[str]] = []
        start = 0
        for number, row in self._rows(path):
            if row and not rows:
                start = number
            if row:
                rows.append(row)
            elif rows:
                yield self._example(rows, f"{path}:{start}")
                rows = []
        if rows:
            yield self._example(rows, f"{path}:{start}")

    def _example(self, rows: Sequence[Sequence[str]], where: str) -> Example:
        return Example(
            {field: list(column) for field, column in zip(self.fields, zip(*rows, strict=True), strict=True)}, where
        )

    def _rows(self, path: Path) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the fields of each word with its line number, and nothing where a sentence ends."""
        lines = read_lines(path, self.config.encoding)
        first = list(islice(lines, _LINES_TO_GUESS))
        seen = layout(first, self.config.tag_column)
        self._decide(seen, path)
        within = False
        for number, line in chain(first, lines):
            cells = columns(line)
            word = _index(self._word_column, len(cells))
            if self._is_comment(line, cells, seen):
                self.skipped["comments"] += 1
                continue
            if seen.header and cells == seen.header and not within:
                self.skipped["header lines"] += 1
                continue
            if word is not None and cells[word].startswith("-DOCSTART-"):
                self.skipped["-DOCSTART- lines"] += 1
                cells = []
            within = bool(cells)
            if not cells:
                yield number, ()
                continue
            if len(cells) != seen.width and not self.config.vary:
                raise self._uneven(path, (number, line), chain(first[number:], lines), seen)
            row = self._row(cells, f"{path}:{number}")
            if row[0] and not row[-1]:
                raise without_tag(f"{path}:{number}", row[0], self._empty_tags(chain(first[number:], lines)))
            if row[0]:
                yield number, row
            elif self.answers:
                raise DataError(
                    f"{path}:{number}: got a line with an empty word, expected a word: its answer would have no place. "
                    "Mend or remove the line."
                )
            else:
                self.skipped["lines with an empty word"] += 1

    def _uneven(self, path: Path, at: Line, others: Iterator[Line], seen: Layout) -> DataError:
        """Return what to say of lines that have not as many columns as most: the first, how many, what may be meant."""
        number, line = at
        after = [(n, text, columns(text)) for n, text in others if text.strip() and not text.startswith("-DOCSTART-")]
        odd = [n for n, text, cells in after if len(cells) != seen.width and not self._is_comment(text, cells, seen)]
        told = f"{path}:{number}: {column_count(len(columns(line)))}, expected {seen.width} as on line {seen.first}"
        if odd:
            places = ", ".join(f"{place:,}" for place in [number, *odd][:_SHOWN])
            more = f" and {len(odd) + 1 - _SHOWN:,} more" if len(odd) >= _SHOWN else ""
            told += f"; so it is on {len(odd) + 1:,} lines: {places}{more}"
        sentences = len(after) < _LINES_OF_A_SENTENCE or after[-1][0] - number > len(after)
        if len(odd) > _MANY * (number + len(after)) or not sentences:
            expected = "A line is a word with its tag, and an empty line stands after each sentence"
            return DataError(f"{told}. Is it the right file? {expected}.")
        comment = f" If it is a comment, set reader.comments={line[:1]!r}." if line[:1] in "#%;" else ""
        return DataError(f"{told}. Set reader.vary=true if they may vary.{comment}")

    def _is_comment(self, line: str, cells: Sequence[str], seen: Layout) -> bool:
        if self.config.comments == "auto":
            return is_comment(line, cells, seen, self.config.tag_column)
        return bool(self.config.comments) and line.startswith(self.config.comments)

    def _decide(self, seen: Layout, path: Path) -> None:
        """Decide where the words are."""
        if seen.header:
            self.remark(f"{path.name}: the first line, {' '.join(seen.header)}, is read as the names of the columns")
        if self._word_column != "auto":
            return
        named = word_name(seen.header)
        self._word_column = int(seen.counts) if named is None else named
        if self._word_column:
            why = "the first counts 1, 2, 3" if named is None else "the header says so"
            self.remark(
                f"words: in column {self._word_column} from 0, guessed, for {why}; --set reader.word_column=0 takes "
                "the first"
            )

    def _row(self, cells: Sequence[str], where: str) -> list[str]:
        places = {"words": int(self._word_column), "tags": self.config.tag_column}
        indices = [self._find_column(field, places[field], len(cells), where) for field in self.fields]
        if len(set(indices)) < len(indices):
            raise DataError(
                f"{where}: got {column_count(len(cells))}, expected 2 or more: words in column {indices[0]} and tags "
                "in another. Set reader.word_column and reader.tag_column to different ones, or add the tags."
            )
        return [cells[i] for i in indices]

    def _empty_tags(self, lines: Iterator[Line]) -> int:
        """Return how many words of lines have an empty tag."""
        places = (int(self._word_column), self.config.tag_column)
        rows = (columns(line) for _, line in lines)
        whole = (cells for cells in rows if all(-len(cells) <= place < len(cells) for place in places))
        return sum(bool(cells[places[0]]) and not cells[places[1]] for cells in whole)

    def _find_column(self, field: str, column: int, count: int, where: str) -> int:
        index = _index(column, count)
        if index is None:
            option = "word_column" if field == "words" else "tag_column"
            raise DataError(
                f"{where}: got {column_count(count)}, expected one more for reader.{option}={column}. Set it to a "
                f"number from {-count} to {count - 1}."
            )
        return index


def _index(column: int | str, count: int) -> int | None:
    index = int(column) + count if int(column) < 0 else int(column)
    return index if 0 <= index < count else None
