"""Files of what was right and what was typed: lines with a tab between, tagged text, lists of misspellings."""

from pathlib import Path
from typing import NamedTuple

from elman.data.sources import lines_of
from elman.errors import DataError
from elman.spelling.pairs import Pair, Unit
from elman.spelling.tagged import CLOSE, OPEN, read_tagged


class Pairs(NamedTuple):
    """What a file of pairs says.

    Args:
        pairs: each line.
        remarks: what a reader must know.
    """

    pairs: list[Pair]
    remarks: list[str]


def read_pairs(file: str | Path, encoding: str = "utf-8", as_many: bool = False) -> Pairs:
    """Return the lines of a file with what was right in each.

    Three kinds of files are told apart by what is in them: `right TAB typed` on each line; text with `<ERR targ=RIGHT>
    WRONG </ERR>`, or a name that ends in `.ERR`; a list, `$right` and its misspellings on the lines below, `_` for a
    blank.

    Args:
        file: its name.
        encoding: of it.
        as_many: refuse lines with other numbers of words on both sides instead of aligning them.

    Raises:
        DataError: the file is missing, empty, or a line is not of its kind.
    """
    lines = list(lines_of(str(file), encoding))
    first = next((line for line in lines if line.strip()), "")
    if str(file).upper().endswith(".ERR") or any(OPEN in line or CLOSE in line for line in lines):
        pairs, remarks = read_tagged(lines, str(file))
    elif first.startswith("$") and "\t" not in first:
        pairs, remarks = _listed(lines, str(file)), []
    else:
        pairs, remarks = _tabbed(lines, str(file), as_many)
    if not pairs:
        raise DataError(
            f"{file}: got no pair, expected lines right<TAB>wrong, text with <ERR targ=RIGHT> WRONG </ERR>, or a list "
            "of $right and its misspellings. Give it some, or name another file."
        )
    return Pairs(pairs, remarks)


def _tabbed(lines: list[str], file: str, as_many: bool) -> tuple[list[Pair], list[str]]:
    """Return the lines of right and typed text with a tab between."""
    pairs, other = [], 0
    for number, line in enumerate(lines, start=1):
        parts = line.split("\t")
        if not line.strip():
            continue
        if len(parts) != 2 or not all(part.strip() for part in parts):
            raise DataError(f"{file}:{number}: got {line[:80]!r}, expected right<TAB>wrong, both with words.")
        words = [len(part.split()) for part in parts]
        if as_many and words[0] != words[1]:
            raise DataError(
                f"{file}:{number}: got {words[0]} words that are right and {words[1]} that were typed, expected as "
                "many. Without --aligned such lines are aligned by the fewest letters that differ."
            )
        other += words[0] != words[1]
        pairs.append(Pair.of(*parts))
    if not other:
        return pairs, []
    return pairs, [
        f"{file}: {other:,} of {len(pairs):,} lines have not as many words on both sides: aligned by the fewest "
        "letters that differ, joined and split words as one"
    ]


def _listed(lines: list[str], file: str) -> list[Pair]:
    """Return each misspelling of a list as a line."""
    right, pairs = "", []
    for number, line in enumerate(lines, start=1):
        text = line.strip().replace("_", " ")
        if text.startswith("$"):
            right = text[1:].strip()
        if text.startswith("$") and not right:
            raise DataError(f"{file}:{number}: got {line[:80]!r}, expected $ and a word that is right.")
        if text and not text.startswith("$"):
            pairs.append(Pair(text, [Unit(right, text, 0)]))
    return pairs
