"""The wrong task for a file: what it is good for instead, and the command that trains on it."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from elman.config import Settings
from elman.data.fields import Field, Kind, names_of
from elman.data.readers import READERS
from elman.data.sources import matches
from elman.errors import DataError
from elman.runs.absent import absent
from elman.runs.fitting import FITS, NONSENSE
from elman.runs.learned import LEARNS, TEXT_AND_LABELS
from elman.runs.likely import SENTENCES, Candidate, Likely, Tried, candidates, likely, trial
from elman.runs.unnamed import number_for_text


def pointed(error: DataError, names: Sequence[str], fields: Sequence[Field]) -> DataError:
    """Return what to say of files that look like no format of a task: what they look like, and what learns from it.

    Args:
        error: says that they look like none.
        names: of the files.
        fields: what the task needs.
    """
    path = _first(names)
    if path is None:
        return error
    if fields[0].kind is Kind.FRAMES and (missing := absent(path, fields)) is not None:
        return missing
    found = likely(str(path))
    if found.tried is not None:
        return DataError(f"{path}: {_said(found.tried, names, fields)}.")
    if found.numbers is not None and not found.numbers.named and fields[0].kind is Kind.FRAMES:
        return DataError(f"{path}:1: {found.numbers.advice(str(path))}")
    if found.candidate is not None or found.numbers is not None or found.refused or path.is_dir():
        return error
    return DataError(f"{error} As running text: elman train lm {' '.join(map(shlex.quote, names))}")


def refuse_mistaken(names: Sequence[str], fields: Sequence[Field], name: str, options: Mapping[str, Any]) -> None:
    """Refuse files that are read as a format of a task, and are good for another task.

    So it is where they cannot be read so, or what is read is no text or label, and another task can; where only the
    other one has the usual names; and where sentences of words with tags are meant to be texts.

    Args:
        names: of the files, of which the first counts.
        fields: what the task needs.
        name: of the format that was guessed.
        options: of the reader, as they were given.

    Raises:
        DataError: so it is; the message has the command that trains on them, and the option that reads them all the
            same.
    """
    path = _first(names)
    if tuple(fields) not in LEARNS or path is None or fields[0].kind is Kind.FRAMES or options.get("columns"):
        return
    own, refused = _own(path, tuple(fields), name, options)
    if own is not None and own.fits == FITS and own.usual and path.is_file():
        return
    unlikely = own is not None and own.fits < FITS and tuple(fields) == TEXT_AND_LABELS and path.is_file()
    if unlikely and (meant := number_for_text(path)) is not None:
        raise meant
    best = _best(likely(str(path), Settings({"reader": dict(options)})))
    if best is None or best.candidate.task == LEARNS[tuple(fields)].task:
        return
    if own is None and best.candidate.sure < SENTENCES:
        if refused is not None and best.candidate.command(names) in str(refused):
            raise refused
        if best.usual or best.candidate.sure >= _sure(path, fields, name):
            raise DataError(
                f"{str(refused).rstrip('.')}. Or train {best.candidate.task}? {best.candidate.command(names)}"
            )
        return
    if _misread(own, best):
        otherwise = f"; or, if each line is {LEARNS[tuple(fields)].row}, --set reader.name={name}"
        raise DataError(f"{path}: {_said(best, names, fields)}{otherwise}.")


def _first(names: Sequence[str]) -> Path | None:
    """Return the first file; None where there is none, or several side by side."""
    return next(iter(matches(names[0])), None) if names else None


def _best(found: Likely) -> Tried | None:
    """Return how the likeliest format read a file, where its examples fit."""
    return found.tried if found.tried is not None and found.tried.fits == FITS else None


def _own(
    path: Path, fields: tuple[Field, ...], name: str, options: Mapping[str, Any]
) -> tuple[Tried | None, DataError | None]:
    """Return how the format of a task reads a file, or why it does not."""
    kind = READERS.get(name)
    given = {key: value for key, value in options.items() if key in kind.Config.model_fields}
    config = Settings({"reader": {**given, "name": name}}).build("reader", kind.Config)
    candidate = Candidate(_sure(path, fields, name), kind(config, names_of(fields)), fields, given)
    try:
        return trial(candidate, str(path)), None
    except DataError as error:
        return None, error


def _sure(path: Path, fields: Sequence[Field], name: str) -> int:
    """Return how much a file looks like a format with some fields."""
    there = (one for one in candidates(path, Settings()) if one.fields == tuple(fields))
    return max((one.sure for one in there if one.reader.config.name == name), default=1)


def _misread(own: Tried | None, best: Tried) -> bool:
    """Say whether what is read for a task makes no sense, or another one is meant without doubt."""
    if own is None or best.candidate.sure >= SENTENCES or own.fits == NONSENSE:
        return True
    return best.usual and not own.usual


def _said(found: Tried, names: Sequence[str], fields: Sequence[Field]) -> str:
    """Return what files look like, what a task needs, and what learns from them."""
    candidate, wanted = found.candidate, LEARNS.get(tuple(fields))
    expected = wanted.answer if wanted else ", ".join(names_of(fields))
    return (
        f"looks like {found.shown}: got {LEARNS[candidate.fields].answer}, expected {expected}. Train "
        f"{candidate.task}? {candidate.command(names)}"
    )
