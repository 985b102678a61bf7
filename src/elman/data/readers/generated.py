"""Sequences that are made from a few lines of TOML: copies, brackets, counted letters."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.config import check_table
from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.generators import GENERATORS
from elman.data.generators.base import Generator
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.files.documents import parse_toml


class GeneratedReader(Reader):
    """Yields the fields `steps` and `bits` of sequences that a file of options says how to make, and no file holds.

    `task = "copy"`, and beside it what `elman describe copy` lists, such as `count = 1000`, `length = [1, 20]` and
    `seed = 1`. The same options give the same sequences wherever they are made.
    """

    class Config(Reader.Config):
        """Options of generated sequences: there are none but those of the file."""

        name: str = "generated"

    holds = {Kind.VECTORS: 2}
    apart = "count says how many sequences are made"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for a table of options that says which task."""
        try:
            return 3 * isinstance(parse_toml(head).get("task"), str) if path.suffix == ".toml" else 0
        except ValueError:
            return 1

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sequences of one file of options.

        Raises:
            DataError: the file cannot be read, is no TOML, names no generator, or one that has no such options.
        """
        path = paths[0]
        made = generator(path, self.config.encoding).sequences()
        for number, (steps, bits) in enumerate(made, start=1):
            yield Example(dict(zip(self.fields, (steps, bits), strict=False)), f"{path}:{number}")


def generator(path: Path, encoding: str = "utf-8") -> Generator:
    """Return what makes the sequences that a file of options asks for.

    Args:
        path: the file.
        encoding: its encoding.

    Raises:
        DataError: the file cannot be read, is no TOML, names no generator, or one that has no such options.
    """
    try:
        table = parse_toml("\n".join(line for _, line in read_lines(path, encoding)))
    except ValueError as error:
        raise DataError(f"{path}: cannot be read as TOML: {error}. Mend the file.") from error
    names = ", ".join(GENERATORS.names())
    if not isinstance(table.get("task"), str):
        raise DataError(
            f'{path}: no task: got {", ".join(table) or "nothing"}, expected task = "NAME": one of {names}.'
        )
    try:
        kind = GENERATORS.get(table["task"])
        check_table(kind.Config, table)
    except ConfigError as error:
        raise DataError(*(f"{path}: {line}" for line in str(error).splitlines())) from None
    return kind(kind.Config(**table))
