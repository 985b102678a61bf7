"""The sections of a configuration that say what the numbers of a model are, kept with them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elman.config import Settings
from elman.errors import CheckpointError, quoted
from elman.files.documents import parse_json_object
from elman.text.printed import counted

_SECTIONS = ("task", "model")
_MOST = 3


def kept_sections(settings: Settings) -> str:
    """Return those sections as JSON."""
    return json.dumps({name: settings.get(name, {}) for name in _SECTIONS}, sort_keys=True, default=str)


def check_unchanged(path: Path, settings: Settings, model: Path, kept: str | None) -> None:
    """Refuse a configuration that was changed since the weights were saved: they would mean something else.

    Args:
        path: of the configuration, for messages.
        settings: what it says now.
        model: the path of the weights, for messages.
        kept: what `kept_sections` gave when the weights were saved; None where it was not kept.

    Raises:
        CheckpointError: it says something else.
    """
    if kept is None or kept == kept_sections(settings):
        return
    try:
        before = _leaves(parse_json_object(kept))
    except ValueError as error:
        raise CheckpointError(
            f"{model}: what it says of its configuration was altered: {error}. Restore it."
        ) from error
    now = _leaves(parse_json_object(kept_sections(settings)))
    # What was not there is an option that a later version has added, with what it had always been as its default.
    keys = sorted(key for key, value in before.items() if value != now.get(key))
    if not keys:
        return
    changes = [f"{key} is {now.get(key, 'not there')}, was {before[key]}" for key in keys[:_MOST]]
    more = [f"{counted(len(keys) - _MOST, 'keys')} more"] if len(keys) > _MOST else []
    raise CheckpointError(
        f"{path}: was changed since the weights were saved, which go with what it said: {'; '.join(changes + more)}. "
        f"Restore it (or {model}, if that was altered), or train anew."
    )


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = quoted(value) if isinstance(value, str) else json.dumps(value)
    return found
