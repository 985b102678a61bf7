"""Checkpoints: what is needed to go on exactly, in a folder that appears whole or not at all."""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from elman.errors import CheckpointError
from elman.files.durable import write_folder
from elman.runs import weights

KEPT = 2


@dataclass
class Interval:
    """Sums over the updates since the last line of the log.

    Args:
        updates: how many.
        nats: losses of the heads.
        count: their targets.
        norm: gradient norms.
        seconds: time.
        penalties: penalties by name.
        tokens: of the data.
        rate: the learning rate of the last.
    """

    updates: int = 0
    nats: float = 0.0
    count: int = 0
    norm: float = 0.0
    seconds: float = 0.0
    penalties: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    rate: float = 0.0

    @property
    def mean(self) -> float:
        """The mean loss of a target, in nats."""
        return self.nats / max(1, self.count)


@dataclass
class Progress:
    """Every counter that a decision of the training loop depends on.

    Args:
        step: updates made.
        epoch: the pass over the data that the next batch belongs to, from 0.
        batch: the number of the next batch in its epoch.
        best: the best value on validation.
        best_step: when that was.
        interval: what was summed since the last line of the log.
        whole_pass: what was summed since the pass over the data began, where passes have a loss of their own.
        seconds: time in training, all sessions together.
        metrics_bytes: length of metrics.jsonl.
        learner: the counters of what learns, such as those of the schedule.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    best: float | None = None
    best_step: int = 0
    interval: Interval = field(default_factory=Interval)
    whole_pass: Interval = field(default_factory=Interval)
    seconds: float = 0.0
    metrics_bytes: int = 0
    learner: dict[str, Any] = field(default_factory=dict)


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
    facts = {
        "progress": asdict(checkpoint.progress),
        "environment": checkpoint.environment,
    }
    content: dict[str, Iterable[bytes | memoryview]] = {
        "training.safetensors": weights.parts(checkpoint.arrays, {}),
        "progress.json": [json.dumps(facts, indent=1).encode()],
    }
    write_folder(path, content)
    for old in steps(folder)[:-KEPT]:
        shutil.rmtree(folder / str(old), ignore_errors=True)


def steps(folder: Path) -> list[int]:
    """Return the steps of the checkpoints in a folder, oldest first. A half-written one does not count."""
    if not folder.is_dir():
        return []
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())


def load(folder: Path) -> Checkpoint | None:
    """Return the newest checkpoint of a folder, or None if there is none.

    Raises:
        CheckpointError: it is broken; the message names the one before, if there is one.
    """
    found = steps(folder)
    if not found:
        return None
    path = folder / str(found[-1])
    try:
        facts = json.loads((path / "progress.json").read_text(encoding="utf-8"))
        sums = {name: Interval(**facts["progress"].get(name, {})) for name in ("interval", "whole_pass")}
        progress = Progress(**{**_renamed(facts["progress"]), **sums})
        arrays, _ = weights.read(path / "training.safetensors")
        return Checkpoint(progress, arrays, facts["environment"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path / 'progress.json'}: cannot be read: {error}.{_way_out(path, found)}") from error
    except CheckpointError as error:
        raise CheckpointError(f"{error}{_way_out(path, found)}") from error


def _renamed(progress: dict[str, Any]) -> dict[str, Any]:
    """Return counters under their names of now: those of schedule and averaging once had a place each."""
    older = {name: value for name, value in progress.items() if name in ("schedule", "averaging")}
    now = {name: value for name, value in progress.items() if name not in older}
    return {"learner": older, **now}


def _way_out(path: Path, found: list[int]) -> str:
    if len(found) < 2:
        return ""
    return f" Or remove {path}: then training goes on from step {found[-2]}."
