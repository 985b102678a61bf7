"""Lists of files: a line a file, its name and what is known of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from elman.data.columns import column_count, match_columns, normal, read_lines, whole_lines
from elman.data.sources import files_of, is_there
from elman.errors import DataError
from elman.text.printed import listed

_LOOKED_AT = 5
_FOLDERS = 20
_SHOWN = 3


class Listing(NamedTuple):
    """What is looked for in a list.

    Args:
        endings: of the files.
        things: what they are, in the plural.
        field: what is known of each: `labels`, `text`; empty where nothing is wanted.
        columns: which column is which, where the user said it.
        folder: of the files, relative to the list; empty where nobody said it.
        answers: whether the field may be left out.
    """

    endings: tuple[str, ...]
    things: str
    field: str
    columns: Mapping[str, str | int]
    folder: str
    answers: bool


class Listed(NamedTuple):
    """What a list says.

    Args:
        rows: each file, and what is known of it.
        folder: where they lie, relative to the list.
        others: files like those, in the same folder, that it does not name.
        cut: the lines with more cells than are read, where no header names these.
        cell: the first of those.
    """

    rows: Sequence[tuple[Path, str]]
    folder: str
    others: Sequence[Path]
    cut: Sequence[int] = ()
    cell: str = ""


def looks_like_list(path: Path, head: str, endings: tuple[str, ...]) -> bool:
    """Say whether the first lines of a file name files that are there, most of them where names are numbers."""
    lines = _first_lines(head)
    rows = [_cells(line, _delimiter(lines)) for line in lines]
    for folder in _folders(path, ""):
        found = [[cell for cell in row if _file(cell, folder, endings)] for row in rows]
        if not any(found[:2]):
            continue
        named = not all(cell.strip().isdecimal() for row in found[:2] for cell in row)
        if named or 2 * sum(map(bool, found)) > len(rows):  # a column that counts on may hit a file 1.png
            return True
    return False


def names_files(head: str, endings: tuple[str, ...]) -> bool:
    """Say whether the first lines of a file name files with some endings, there or not."""
    lines = _first_lines(head)
    named = [any(cell.strip().lower().endswith(endings) for cell in _cells(line, _delimiter(lines))) for line in lines]
    return 2 * sum(named) > len(named)


def has_texts(head: str) -> bool:
    """Say whether the first lines of a list have texts of several words rather than labels."""
    lines = _first_lines(head)
    return any(" " in cell.strip() for line in lines[-2:] for cell in _cells(line, _delimiter(lines)))


def read_listing(path: Path, encoding: str, wanted: Listing) -> Listed:
    """Return what a list says; that each file is there is looked at first.

    Raises:
        DataError: it cannot be read, names files that are not there, or nobody knows which column is which.
    """
    lines = [(number, line) for number, line in read_lines(path, encoding) if line.strip()]
    delimiter = _delimiter([line for _, line in lines[:_LOOKED_AT]])
    rows = [(number, _cells(line, delimiter)) for number, line in lines]
    place, folder, header = _layout(path, [cells for _, cells in rows], wanted)
    column = _column(path, rows, place, header, wanted)
    found, missing = [], []
    for number, cells in rows[bool(header) :]:
        file = _file(cells[place], folder, wanted.endings) if place < len(cells) else None
        if file is None:
            missing.append(cells[place] if place < len(cells) else f"line {number}")
        elif column is not None and column >= len(cells) and not wanted.answers:
            expected = f"{wanted.field} in column {column + 1}"
            raise DataError(f"{path}:{number}: got {column_count(len(cells))}, expected {expected}. Mend it.")
        else:
            found.append((file, cells[column].strip() if column is not None and column < len(cells) else ""))
    if missing:
        raise DataError(
            f"{path}: {len(missing):,} of {len(rows) - bool(header):,} {wanted.things} are not there: "
            f"{listed(missing, _SHOWN)}. Looked for in {folder}; --set reader.folder=FOLDER names another."
        )
    known = {file for file, _ in found}
    beside = files_of(folder) if all(file.parent == folder for file in known) else []
    others = [one for one in beside if one.name.lower().endswith(wanted.endings) and one not in known]
    used = 1 + max(place, column or 0)
    cut = (
        [(number, cells[used]) for number, cells in rows if any(map(str.strip, cells[used:]))]
        if wanted.field and not header
        else []
    )
    return Listed(found, str(folder.relative_to(path.parent)), others, [n for n, _ in cut], cut[0][1] if cut else "")


def _layout(path: Path, rows: Sequence[Sequence[str]], wanted: Listing) -> tuple[int, Path, Sequence[str]]:
    """Return the column with names of files, where these lie, and the header, if there is one."""
    named = match_columns(("frames",), rows[0], wanted.columns) if "frames" in wanted.columns else {}
    for first, cells in enumerate(rows[:2]):
        for folder in _folders(path, wanted.folder):
            for place in [named["frames"]] if named else range(len(cells)):
                if place < len(cells) and _file(cells[place], folder, wanted.endings):
                    return place, folder, rows[0] if first else ()
    folder = path.parent / wanted.folder
    where = f"{folder}" if wanted.folder else f"{folder} and the folders there"
    raise DataError(
        f"{path}: names no {wanted.things} that are there: got {rows[0][0][:40]!r}, looked for in {where}, with the "
        f"endings {', '.join(wanted.endings)}. --set reader.folder=FOLDER names another folder."
    )


def _column(
    path: Path, rows: Sequence[tuple[int, Sequence[str]]], place: int, header: Sequence[str], wanted: Listing
) -> int | None:
    """Return the column with what is known of a file; None where nothing is wanted."""
    if not wanted.field:
        return None
    names = list(header) or [""] * len(rows[0][1])
    found = match_columns((wanted.field,), names, wanted.columns).get(wanted.field)
    if found is None and header:
        lower = [normal(name) for name in names]
        found = next((lower.index(name) for name in _FURTHER if name in lower), None)
    left = [i for i in range(len(names)) if i != place]
    if found is None and len(left) == 1:
        found = left[0]
    if not left and not wanted.answers:
        raise DataError(
            f"{path}:{rows[0][0]}: names {wanted.things}, and nothing of them: got 1 column, expected a {wanted.field} "
            "behind each name. Put a tab between."
        )
    if found is None and not wanted.answers:
        got = ", ".join(header) if header else f"{len(names)} columns without names"
        raise DataError(
            f"{path}:{rows[0][0]}: which column has the {wanted.field}? Got {got}. Name it: --set "
            f"reader.columns='{{{wanted.field} = 2}}'"
        )
    return found


_FURTHER = ("transcript", "transcription", "caption", "target", "label")


def _folders(path: Path, folder: str) -> list[Path]:
    """Return where the files of a list may lie."""
    if folder:
        return [path.parent / folder]
    return [path.parent, *(one for one in files_of(path.parent)[:_FOLDERS] if one.is_dir())]


def _file(cell: str, folder: Path, endings: tuple[str, ...]) -> Path | None:
    """Return the file that a cell names, its ending perhaps left out."""
    name = cell.strip()
    if not name or "\0" in name:
        return None
    if name.lower().endswith(endings):
        return folder / name if is_there(folder / name) else None
    return next((folder / f"{name}{one}" for one in endings if is_there(folder / f"{name}{one}")), None)


def _first_lines(head: str) -> list[str]:
    """Return the first lines that are not empty."""
    return [line for line in whole_lines(head) if line.strip()][:_LOOKED_AT]


def _delimiter(lines: Sequence[str]) -> str:
    return "\t" if any("\t" in line for line in lines) else ","


def _cells(line: str, delimiter: str) -> list[str]:
    return (
        line.split(delimiter) if delimiter == "\t" else [cell.strip().strip('"') for cell in line.split(delimiter, 1)]
    )
