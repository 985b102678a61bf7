"""Files of examples that are read as running text: each delimiter, key and tag is learned as if it were text."""

import shlex
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from elman.data.advising import suggested
from elman.data.columns import ends_with
from elman.data.fields import Kind
from elman.data.guessing import likely as guessed
from elman.data.readers.column import ColumnReader
from elman.data.rows import Cut, even_rows
from elman.data.sources import matches
from elman.errors import DataError
from elman.runs.fitting import FITS
from elman.runs.learned import LEARNS, TAGGED
from elman.runs.likely import SENTENCES, Tried, likely

_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson")
_ROWS = 100


def delimited(names: Sequence[str], task: str) -> list[str]:
    """Return what to say of training files that look like examples and are read as running text; else nothing.

    Args:
        names: of the files, of which the first counts.
        task: that reads them as text.
    """
    path = next(iter(matches(names[0])), None)
    if path is None or not path.is_file():
        return []
    try:
        found = likely(str(path))
    except DataError:
        return []  # what cannot be read is refused where it is read
    learned = "are learned as if they were text"
    if found.numbers is not None:
        shown = ", ".join(found.numbers.numbers)
        return [
            f"{path}: looks like a table of numbers ({shown}): its digits {learned}. {found.numbers.advice(str(path))}"
        ]
    best = found.tried if found.tried is not None and found.tried.fits == FITS else None
    if best is None and not ends_with(path, *_ENDINGS):
        return []
    if best is not None and best.candidate.fields == TAGGED and best.candidate.sure < SENTENCES:
        return []
    ways, numbers = [], best is not None and best.candidate.fields[0].kind is Kind.FRAMES
    if not numbers:
        ways.append(f"Its texts alone: elman train {task} {' '.join(map(shlex.quote, names))} {_column(path)}")
    if best is not None:
        ways.append(f"To learn {LEARNS[best.candidate.fields].answer}: {best.candidate.command(names)}")
    shown = "a table of numbers" if numbers else "a table" if best is None else best.shown
    return [f"{path}: looks like {shown}: its {_marks(best)} {learned}. {'. '.join(ways)}"]


def _marks(found: Tried | None) -> str:
    """Return what there is beside texts."""
    if found is None or found.candidate.reader.config.name != "jsonl":
        return "tags" if found is not None and found.candidate.fields == TAGGED else "delimiters and all columns"
    return "keys and all values"


def _column(path: Path) -> str:
    """Return the options that read one column of texts: which one, where a reader does not find it."""
    option = "--set reader.name=column"
    try:
        next(ColumnReader(ColumnReader.Config()).read([path]))
    except (DataError, StopIteration):
        cut = Cut("utf-8", "auto", "auto", ("text",))
        rows = [cells for _, cells in islice(even_rows(path, cut, Counter(), lambda told: None), _ROWS)]
        found = suggested(("text",), rows[0], guessed(("text",), rows))
        return f"{option} --set {shlex.quote(f'reader.columns={found}')}"
    return option
