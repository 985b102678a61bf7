"""Checkpoints: what is needed to go on exactly, in a folder that appears whole or not at all."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from elman.errors import CheckpointError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import partial_path, write_folder
from elman.runs import weights
from elman.runs.progress import Progress

FORMAT = 2
"""Version of a checkpoint. A training goes on from one of its own version only."""

KEPT = 2
_KEYS = {"format", "progress", "environment", "arrays"}
_STEP = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    """One moment of a training.

    Args:
        progress: the counters.
        arrays: `model/...` and what else the next update reads, such as `optimizer/...` and `state/...`.
        environment: what else the numbers depend on.
    """

    progress: Progress
    arrays: Mapping[str, np.ndarray]
    environment: dict[str, str]

    def part(self, name: str) -> dict[str, np.ndarray]:
        """Return the arrays of one part, without its name."""
        prefix = f"{name}/"
        return {key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)}


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write `folder/<step>`, unless it is there, and remove all but the newest two.

    Raises:
        CheckpointError: it cannot be written; what was there before still is.
    """
    path = folder / str(checkpoint.progress.step)
    if path.exists():
        return
    known = weights.checksum_of(checkpoint.arrays)
    facts = {
        "format": FORMAT,
        "progress": asdict(checkpoint.progress),
        "environment": checkpoint.environment,
        "arrays": known,
    }
    text = json.dumps({**facts, "checksum": _checksum(facts)}, indent=1)
    content: dict[str, Iterable[bytes | memoryview]] = {
        "training.safetensors": weights.parts(checkpoint.arrays, {}, known),
        "progress.json": [text.encode()],
    }
    write_folder(path, content)
    prune(folder)


def prune(folder: Path) -> None:
    """Remove all checkpoints but the newest two, where the system lets us; each goes whole, whenever a kill comes."""
    for old in steps(folder)[:-KEPT]:
        aside = partial_path(folder / str(old))  # which no one takes for a checkpoint, and whoever goes on removes
        with suppress(OSError):
            (folder / str(old)).rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def steps(folder: Path) -> list[int]:
    """Return the steps of the checkpoints in a folder, oldest first. A half-written one does not count."""
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir()]
    return sorted(int(name) for name in names if _STEP.fullmatch(name))


def load(folder: Path) -> Checkpoint | None:
    """Return the newest checkpoint of a folder, or None if there is none.

    Raises:
        CheckpointError: it is broken, altered or of another version; the message names the one before, if that helps.
    """
    found = steps(folder)
    if not found:
        return None
    path = folder / str(found[-1])
    try:
        facts = _facts(path / "progress.json")
        progress = _progress(path / "progress.json", facts)
        arrays, written = weights.read(path / "training.safetensors")
        if facts["arrays"] != written["checksum"]:
            raise CheckpointError(f"{path}: its two files are not of one moment. Restore both.")
        return Checkpoint(progress, arrays, facts["environment"])
    except _OtherVersionError:
        raise
    except CheckpointError as error:
        raise CheckpointError(f"{error}{_way_out(path, found)}") from error


class _OtherVersionError(CheckpointError):
    """A checkpoint that another version of elman wrote; so is the one before."""


def _facts(path: Path) -> dict[str, Any]:
    """Return what progress.json holds.

    Raises:
        CheckpointError: it cannot be read, is of another version, or is not what was written.
    """
    try:
        facts = parse_json_object(read_bytes(path))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}. Restore it.") from error
    made = facts.get("format", 1)
    if made != FORMAT:
        raise _OtherVersionError(
            f"{path.parent}: a checkpoint of {'a newer' if made not in (0, 1) else 'an older'} elman, from which this "
            "one cannot go on. The run can be used as it is; to train further, train anew into another folder."
        )
    if facts.pop("checksum", None) != _checksum(facts) or facts.keys() != _KEYS:
        raise CheckpointError(f"{path}: does not match its checksum: the file was altered. Restore it.")
    return facts


def _progress(path: Path, facts: dict[str, Any]) -> Progress:
    """Return the counters.

    Raises:
        CheckpointError: they cannot be.
    """
    try:
        environment = facts["environment"]
        if not isinstance(environment, dict) or not all(isinstance(value, str) for value in environment.values()):
            raise ValueError(f"environment: got {environment!r}, expected strings by name")
        progress = Progress.of(facts["progress"])
        if str(progress.step) != path.parent.name:
            raise ValueError(f"progress.step: got {progress.step}, in a folder of step {path.parent.name}")
        return progress
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}. Restore it.") from error


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _way_out(path: Path, found: list[int]) -> str:
    if len(found) < 2:
        return ""
    return f" Or remove {path}: then training goes on from step {found[-2]}."
