"""Lists of recordings of which none is there."""

from collections.abc import Sequence
from pathlib import Path

from elman.data.fields import Field, names_of
from elman.data.listing import names_files
from elman.data.media import MediaReader
from elman.data.readers import READERS, formats
from elman.data.sources import head
from elman.errors import DataError


def absent(path: Path, fields: Sequence[Field]) -> DataError | None:
    """Return why a file that names recordings leads to none of them; None where it is no such list, or leads there.

    Args:
        path: of the file.
        fields: what an example would have.
    """
    for name in formats(fields) if path.is_file() else ():
        kind = READERS.get(name)
        if not issubclass(kind, MediaReader) or not names_files(head(path), kind.endings):
            continue
        reader = kind(kind.Config(name=name), names_of(fields))
        try:
            next(reader.read(reader.find([str(path)])), None)
        except DataError as error:
            return error
    return None
