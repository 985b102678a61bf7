"""What a caller in Python gives where a folder, files or options are expected, told by its type where it is none."""

import os
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any

from elman.errors import ConfigError


def folder_of(keyword: str, given: Any) -> Path:
    """Return the path of a folder.

    Raises:
        ConfigError: it is none.
    """
    if not isinstance(given, str | PathLike):
        raise ConfigError(f"{keyword}: got {_shown(given)}, expected the name of a run folder, such as 'runs/lm-1'.")
    return Path(os.fsdecode(given))


def names_of_files(keyword: str, given: Any) -> list[str]:
    """Return the names of files as a configuration has them.

    Raises:
        ConfigError: it is something else, or there is none.
    """
    several = isinstance(given, Iterable) and not isinstance(given, str | PathLike | bytes | Mapping)
    names = list(given) if several else [given]
    wrong = [name for name in names if not isinstance(name, str | PathLike)]
    if wrong or not names:
        got = f"a list with {_shown(wrong[0])}" if several and wrong else _shown(given) if wrong else "an empty list"
        raise ConfigError(f"{keyword}: got {got}, expected the name of a file or a list of them.")
    return [os.fsdecode(name) for name in names]


def options_of(keyword: str, given: Any, example: str) -> dict[str, Any]:
    """Return options by name; none where nothing is given.

    Args:
        keyword: what they are given as, for messages.
        given: the options.
        example: of some, for messages.

    Raises:
        ConfigError: they are no mapping, or a name is no text.
    """
    if given is None:
        return {}
    wrong = given if not isinstance(given, Mapping) else next((name for name in given if type(name) is not str), None)
    if wrong is not None:
        got = f"the name {wrong!r}" if isinstance(given, Mapping) else _shown(given)
        raise ConfigError(f"{keyword}: got {got}, expected options by name, such as {example}.")
    return dict(given)


def number_of(keyword: str, given: Any, whole: bool = False) -> Any:
    """Return a number above 0; None where nothing is given.

    Args:
        keyword: what it is given as, for messages.
        given: the number.
        whole: whether it has to be whole.

    Raises:
        ConfigError: it is none.
    """
    kinds: Any = Integral if whole else Real
    if given is not None and (not isinstance(given, kinds) or isinstance(given, bool) or not given > 0):
        raise ConfigError(f"{keyword}: got {given!r}, expected a {'whole ' * whole}number above 0.")
    return given


def _shown(given: Any) -> str:
    return "None" if given is None else f"{type(given).__name__} {given!r}"[:40]
