"""Readers, one file format a file."""

from collections.abc import Sequence
from pathlib import Path

from elman.data.readers.base import Reader
from elman.data.sources import head
from elman.errors import DataError
from elman.registry import Registry

READERS: Registry[Reader] = Registry("elman.data.readers", "Reader", "reader")


def formats(fields: Sequence[str]) -> list[str]:
    """Return the formats that can hold the fields of a task."""
    return [name for name in READERS.names() if READERS.get(name).gives(fields)]


def recognize(names: Sequence[str], fields: Sequence[str], able: Sequence[str]) -> str:
    """Return the format that the first of some files looks like.

    Args:
        names: what the user named.
        fields: what the task needs.
        able: the formats to choose from.

    Raises:
        DataError: it looks like none of them; the message lists those that would do.
    """
    first = Path(names[0])
    beginning = "" if first.is_dir() else head(first)
    sure = {name: READERS.get(name).recognizes(first, beginning, fields) for name in able}
    best = max(able, key=lambda name: sure[name])
    if not sure[best]:
        raise DataError(
            f"{first}: looks like none of the formats that hold {', '.join(fields)}: {', '.join(able)}. Name the one "
            "that it is with --set reader.name=NAME; elman describe NAME shows it."
        )
    return best
