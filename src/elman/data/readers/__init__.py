"""Readers, one file format a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from elman.data.fields import Field, names_of
from elman.data.measurements import refuse_measured
from elman.data.readers.base import Reader
from elman.data.sources import expand, head, is_there, matches, refuse_what_is_no_text
from elman.data.stretch import parted
from elman.errors import DataError
from elman.registry import Registry

READERS: Registry[Reader] = Registry("elman.data.readers", "Reader", "reader")


class UnrecognizedError(DataError):
    """A file that looks like none of the formats that are asked for."""


def formats(fields: Sequence[Field], options: Mapping[str, Any] | None = None) -> list[str]:
    """Return the formats that can hold the fields of a task; with options, those that have them all, and the name."""
    asked = options or {}
    names = [str(asked["name"])] if "name" in asked else READERS.names()
    able = ((name, READERS.get(name)) for name in names)
    return [name for name, kind in able if kind.gives(fields) and asked.keys() <= kind.Config.model_fields.keys()]


def likeness(name: str, fields: Sequence[Field], able: Sequence[str]) -> dict[str, int]:
    """Return how much a file looks like each of some formats: see `Reader.recognizes`.

    Args:
        name: of the file, or a glob, of which the first file counts.
        fields: what the task needs.
        able: the formats.
    """
    path = parted(next(iter(matches(name)), Path(name)))[0]
    beginning = "" if is_there(path) and path.is_dir() else head(path)
    return {one: READERS.get(one).recognizes(path, beginning, names_of(fields)) for one in able}


def recognize(names: Sequence[str], fields: Sequence[Field], able: Sequence[str]) -> str:
    """Return the format that some files look like: the first of them, or what only all together can be.

    Args:
        names: what the user named.
        fields: what the task needs.
        able: the formats to choose from.

    Raises:
        DataError: the first is not there, empty or no text; or it looks as much like one as all do like another.
        UnrecognizedError: it looks like none of them; the message lists those that would do.
    """
    if "," not in names[0]:
        expand([str(parted(names[0])[0])], folders=None)
    first, sure = parted(names[0])[0], likeness(names[0], fields, able)
    paths = [path for name in names for path in matches(parted(name)[0])]
    together = {name: READERS.get(name).recognizes_together(paths, names_of(fields)) for name in able}
    # Of two that may be, rather one that does not ask for more than the task does.
    best = max(able, key=lambda name: (max(sure[name], together[name]), sure[name], not READERS.get(name).insists))
    if rival := next((name for name in able if sure[best] == together[name] == 1), ""):
        raise DataError(
            f"{', '.join(names)}: may be {best} ({READERS.summary(best).rstrip('.')}), or together {rival} "
            f"({READERS.summary(rival).rstrip('.')}). Say which: --set reader.name={best}, or --set reader.name={rival}"
        )
    sure[best] = max(sure[best], together[best])
    if not sure[best]:
        refuse_measured(first, names_of(fields))
        if is_there(first) and first.is_file() and not first.stat().st_size:
            raise DataError(f"{first}: the file is empty. Give it some text.")
        refuse_what_is_no_text(paths[:1])
        wanted = ", ".join(names_of(fields))
        both = " Of two files side by side, name both: source,target with a comma between." * ("target" in wanted)
        raise UnrecognizedError(
            f"{first}: looks like none of the formats that hold {wanted}: {', '.join(able)}. Name the one that it is "
            f"with --set reader.name=NAME; elman describe NAME shows it.{both}"
        )
    return best
