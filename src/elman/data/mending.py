"""Options that a file asks for."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from elman.errors import OptionError


class Mended(NamedTuple):
    """The options with which a file can be read.

    Args:
        options: of its reader.
        notes: why it cannot be read without some of them.
    """

    options: Mapping[str, Any]
    notes: list[str]


def mended(options: Mapping[str, Any], attempt: Callable[[Mapping[str, Any]], object]) -> Mended:
    """Return options with those that a file asks for, each when it is refused without it.

    Args:
        options: to begin with.
        attempt: reads the file with some options.

    Raises:
        DataError: there are none with which it can be read.
    """
    found = Mended({**options}, [])
    while True:
        try:
            attempt(found.options)
        except OptionError as error:
            if error.options.keys() <= found.options.keys():
                raise
            note = f"without its options it is refused: {error}"
            found = Mended({**found.options, **error.options}, [*found.notes, note])
        else:
            return found
