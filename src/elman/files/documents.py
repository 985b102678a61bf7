"""JSON and TOML that anybody may have written, whose faults are ValueErrors that say what; and JSON as we write it."""

import json
import math
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elman.errors import quoted


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: it cannot be read, or is a pipe or a device, which might never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file")
    return path.read_bytes()


def parse_json(content: bytes | str) -> Any:
    """Return the value that JSON stands for.

    Raises:
        ValueError: it is not UTF-8 or not JSON, has a key twice in one object, numbers of thousands of digits, or is
            nested too deeply.
    """
    try:
        return json.loads(_text(content), object_pairs_hook=_each_key_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_json_object(content: bytes | str) -> dict[str, Any]:
    """Return the values of a JSON object by their keys.

    Raises:
        ValueError: as `parse_json`, or it is another value.
    """
    found = parse_json(content)
    if not isinstance(found, dict):
        raise ValueError(f"got {_KINDS.get(type(found), 'null')}, expected an object {{...}}")
    return found


def parse_toml(content: bytes | str) -> dict[str, Any]:
    """Return the tables of a TOML document.

    Raises:
        ValueError: as `parse_json`.
    """
    try:
        return tomllib.loads(_text(content))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def to_json(value: Any) -> str:
    """Return JSON on one line; what is infinite or no number becomes null, for which JSON has no name."""
    return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


_KINDS = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}


def _text(content: bytes | str) -> str:
    try:
        return content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: {error.reason} at byte {error.start:,}") from error


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {quoted(next(key for key in keys if keys.count(key) > 1))} is there twice")
    return found
