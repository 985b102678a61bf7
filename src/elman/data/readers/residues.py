"""Chains of proteins, a residue a line with its class (Qian and Sejnowski, 1988)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.columns import read_lines, whole_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError

_START, _ENDS = "<>", ("end", "<end>")


class ResiduesReader(Reader):
    """Yields the fields `words`, the residues of a chain, and `tags`, the class of each, such as h, e and _.

    A chain begins with a line `<>` and ends with `end`, `<end>` or the next `<>`. Lines that begin with # are comments.
    """

    class Config(TagOptions, Reader.Config):
        """Options of chains of residues."""

        name: str = "residues"

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}
    apart = "each chain is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 4 where the first line that is no comment begins a chain."""
        lines = (line.strip() for line in whole_lines(head) if not line.startswith("#"))
        return 4 if next(lines, "") == _START else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the chains of one file.

        Raises:
            DataError: it cannot be read, does not begin with a chain, or a line is no residue with its class.
        """
        path = paths[0]
        rows: list[list[str]] = []
        begun = 0
        for number, text in read_lines(path, self.config.encoding):
            line = text.strip()
            if not line or line.startswith("#"):
                continue
            if line == _START or line in _ENDS:
                yield from self._chain(rows, f"{path}:{begun}") if rows else ()
                rows, begun = [], 0
                continue
            cells, wanted = line.split(), 2 if "tags" in self.fields else 1
            if not wanted <= len(cells) <= 2:
                raise DataError(f"{path}:{number}: got {line[:40]!r}, expected a residue and its class, as in 'G h'.")
            begun = begun or number
            rows.append(cells)
        if rows:
            yield from self._chain(rows, f"{path}:{begun}")

    def _chain(self, rows: Sequence[Sequence[str]], where: str) -> Iterator[Example]:
        values = {"words": [row[0] for row in rows]}
        if "tags" in self.fields:
            values["tags"] = [row[1] for row in rows]
        yield from self._kept({field: values[field] for field in self.fields}, where)
