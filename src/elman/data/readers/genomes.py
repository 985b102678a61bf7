"""Sequences of DNA, RNA and proteins: FASTA, or tables with a sequence a row; symbols have no blanks between them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from elman.data.columns import match_columns, normal, read_lines, whole_lines
from elman.data.delimiters import delimiter_of
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError

_BASES = re.compile(r"[ACGTUNRYSWKMBDHV]{10,}", re.IGNORECASE)
_SEQUENCE = re.compile(r"[A-Za-z*-]+")
_NAMES = ("sequence", "seq", "dna", "rna", "protein")
_LOOKED_AT, _SHOWN = 20, 3


class GenomesReader(Reader):
    """Yields the fields `text`, the symbols of a sequence in capitals, and `labels`.

    FASTA has a line `>name ... label` before each sequence, which may go on over lines; the label is the last word of
    that line. A table has a sequence a row, with its label before or behind it, as `EI,ATRINS-DONOR-521,CCAGC...`; a
    first row may name the columns. Where T is written U, it is read as T.
    """

    class Config(Reader.Config):
        """Options of sequences."""

        name: str = "genomes"
        columns: dict[str, str | int] = Field(
            {}, description="Columns of a table by name or number from 1, such as {text = 'sequence', labels = 1}."
        )

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}
    apart = "each sequence is an example"
    levels = {"words": "characters"}

    @classmethod
    def gives(cls, fields: Sequence[object]) -> bool:
        """Say whether labels are asked for, or sequences alone to be answered."""
        return super().gives(fields) and len(fields) == 2  # type: ignore[arg-type]

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 4 for FASTA, and for rows of which one cell is a sequence of bases."""
        lines = whole_lines(head)[:_LOOKED_AT]
        if lines and lines[0].startswith(">"):
            below = next((line.strip() for line in lines if not line.startswith(">")), "")
            return 4 if _SEQUENCE.fullmatch(below) else 0
        mark = delimiter_of(lines[-1:])
        rows = [line.split(mark) for line in lines[1:] or lines] if mark else []
        return 4 if rows and all(any(map(_is_bases, row)) for row in rows) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sequences of one file.

        Raises:
            DataError: it cannot be read; something is no symbol; there is no label, or nobody knows which it is.
        """
        path = paths[0]
        lines = [(number, line) for number, line in read_lines(path, self.config.encoding) if line.strip()]
        rows = self._of_fasta(path, lines) if lines[0][1].startswith(">") else self._of_table(path, lines)
        lower = rna = 0
        empty: list[int] = []
        for number, text, label in rows:
            where = f"{path}:{number}"
            sequence = "".join(text.split())
            if not sequence and not self.answers:
                empty.append(number)
                continue
            wrong = re.search(r"[^A-Za-z*-]", sequence)
            if wrong is not None:
                raise DataError(
                    f"{where}: {wrong[0]!r} at place {wrong.start() + 1} of the sequence, expected a letter."
                )
            lower += not sequence.isupper()
            upper = sequence.upper()
            if "U" in upper and "T" not in upper and _is_bases(upper):
                rna, upper = rna + 1, upper.replace("U", "T")
            values = {"text": upper, "labels": [label] if label else []}
            yield from self._kept({field: values[field] for field in self.fields}, where)
        if empty:
            shown = f"{', '.join(map(str, empty[:_SHOWN]))}{' ...' if len(empty) > _SHOWN else ''}"
            self.skipped[f"names without a sequence, {path.name}:{shown}"] += len(empty)
        if lower:
            self.remark(f"{path.name}: {lower:,} sequences have small letters, read as capitals")
        if rna:
            self.remark(f"{path.name}: {rna:,} sequences have U, read as T")

    def _of_fasta(self, path: Path, lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
        begun: tuple[int, str] | None = None
        parts: list[str] = []
        for number, line in [*lines, (0, ">")]:
            if not line.startswith(">"):
                parts.append(line.strip())
                continue
            if begun is not None:
                yield begun[0], "".join(parts), begun[1]
            words = line[1:].split()
            begun, parts = (number, words[-1] if len(words) > 1 else ""), []

    def _of_table(self, path: Path, lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
        mark = delimiter_of([lines[-1][1]])
        rows = [(number, [cell.strip() for cell in (line.split(mark) if mark else [line])]) for number, line in lines]
        first = rows[0][1]
        header = first if not any(map(_is_bases, first)) and len(rows) > 1 else []
        names = header or [""] * len(first)
        found = match_columns(("text", "labels"), names, self.config.columns)
        example = rows[1 if header else 0][1]
        usual = (
            i
            for i, name in enumerate(names)
            if normal(name) in _NAMES or (not header and _is_bases("".join(example[i : i + 1])))
        )
        text = found["text"] if "text" in self.config.columns else next(usual, found.get("text"))
        label = found["labels"] if "labels" in found else next((i for i in range(len(names)) if i != text), None)
        if text is None or (label is None and "labels" in self.fields):
            what = "sequences" if text is None else "labels"
            raise DataError(
                f"{path}:{rows[0][0]}: which column has the {what}? Got {', '.join(first)[:80]}. Name it: --set "
                "reader.columns='{text = 3, labels = 1}'"
            )
        for number, cells in rows[bool(header) :]:
            if len(cells) != len(first):
                raise DataError(
                    f"{path}:{number}: {len(cells)} columns, expected {len(first)} as on line {rows[0][0]}."
                )
            yield number, cells[text], cells[label] if label is not None else ""


def _is_bases(cell: str) -> bool:
    return _BASES.fullmatch(cell.strip()) is not None
