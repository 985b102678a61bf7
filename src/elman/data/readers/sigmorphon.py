"""Inflections as of SIGMORPHON: `lemma TAB form TAB features`, the features with semicolons between."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.columns import read_lines, whole_lines
from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.errors import DataError

_FEATURES = re.compile(r"[A-Z][^\s;a-z]*(?:;[^\s;a-z]+)*$")
_LINES_TO_RECOGNIZE = 100


class SigmorphonReader(WritingReader):
    """Yields `source`, such as `<V><PST>go`, and `target`, such as `went`: the form that has these features.

    At `task.level = "marked"` a feature is a token, as each letter is; forms may have blanks. A file without forms, as
    those of tests, has two columns.
    """

    class Config(WritingReader.Config):
        """Options of inflections."""

        name: str = "sigmorphon"

    config: Config
    levels = {"level": "marked", "target_level": "character"}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the last column of every line is features in capitals, such as `V;PST`."""
        rows = [line.split("\t") for line in whole_lines(head)[:_LINES_TO_RECOGNIZE]]
        columns = (3,) if "target" in fields else (2, 3)
        looks = bool(rows) and all(len(row) in columns and _FEATURES.match(row[-1]) for row in rows)
        return 3 * (looks and any(";" in row[-1] for row in rows))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the lines of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no form; a line has too few columns, or too many.
        """
        path = paths[0]
        for number, line in read_lines(path, self.config.encoding):
            cells = line.split("\t")
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            if len(cells) != 3 and not (len(cells) == 2 and "target" not in self.fields):
                raise DataError(
                    f"{path}:{number}: got {len(cells)} columns, expected three with tabs between: lemma, form, "
                    "features. Mend or remove the line."
                )
            marks = "".join(f"<{feature}>" for feature in cells[-1].strip().split(";") if feature)
            yield from self._pair(marks + cells[0].strip(), [cells[1].strip()], f"{path}:{number}")
