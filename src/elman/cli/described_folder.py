"""A folder with files of several kinds: which there are, and what each is good for."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from elman.cli.descriptions import table
from elman.data.fields import names_of
from elman.data.readers.classes import ClassesReader
from elman.data.readers.folders import MEDIA
from elman.data.sources import files_of, refuse_what_is_no_text
from elman.errors import DataError
from elman.runs.learned import LEARNS, TEXT_AND_LABELS
from elman.runs.likely import likely
from elman.text.printed import counted

_FEW = 0.1


def by_ending(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a folder by their ending, where they are of several kinds; else nothing.

    They are of one kind where each is a class of texts, and where nearly all are recordings or pictures.
    """
    kinds: dict[str, list[Path]] = {}
    entries = files_of(folder)
    files = [entry for entry in entries if entry.is_file()]
    for file in files:
        kinds.setdefault(file.with_suffix("" if file.suffix == ".gz" else file.suffix).suffix.lower(), []).append(file)
    media = sum(len(some) for ending, some in kinds.items() if ending in MEDIA)
    alike = ClassesReader.recognizes(folder, "", names_of(TEXT_AND_LABELS)) > 0
    apart = len(files) < len(entries) or len(kinds) < 2 or alike or len(files) - media <= _FEW * media
    return {} if apart else dict(sorted(kinds.items()))


def described_folder(folder: Path, kinds: dict[str, list[Path]]) -> list[str]:
    """Return the table of a folder whose files are of several kinds: how many of each, and the command for them."""
    count = sum(map(len, kinds.values()))
    rows = {"holds": f"{counted(count, 'files')} of {len(kinds)} kinds; a training reads those of one:"}
    for ending, files in kinds.items():
        rows[ending or "no ending"] = f"{counted(len(files), 'files')}, {_good_for(folder, ending, files)}"
    return table(rows, str(folder))


def _good_for(folder: Path, ending: str, files: Sequence[Path]) -> str:
    """Return what files of one ending give to learn, by the first, and the command that trains on them."""
    name = str(files[0] if len(files) == 1 or not ending else folder / f"*{ending}")
    try:
        found = likely(str(files[0]))
        if found.candidate is not None:
            return f"{LEARNS[found.candidate.fields].answer}: {found.candidate.command([name])}"
        if found.numbers is not None:
            return f"numbers: {found.numbers.advice(name)}"
        if found.refused:
            return f"not read: {found.refused[0].lines[0]}"
        refuse_what_is_no_text(files[:1])
    except DataError as error:
        return f"not read: {error.lines[0]}"
    return f"running text: elman train lm {shlex.quote(name)}"
