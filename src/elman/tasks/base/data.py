"""The data of a task: where it comes from, what it is once it is ready, and which models say what is easy there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elman.data.holding_out import Groups


@dataclass(frozen=True)
class DataFiles:
    """Where the data comes from.

    Args:
        train: training files.
        valid: validation files; empty when a part of the training data is held out.
        held_out: that part, 0 when there are validation files.
        stratified: whether the same share of every class is held out.
        groups: which examples belong together and are held out together, if somebody said it.
    """

    train: Sequence[Path]
    valid: Sequence[Path]
    held_out: float
    stratified: bool = False
    groups: Groups | None = None


@dataclass(frozen=True)
class TaskData:
    """Data ready for training. The parts belong to the task; nobody else looks inside.

    Args:
        train: the training part.
        valid: the validation part.
        fingerprint: changes when the data changes; a resumed run compares it.
        card: facts about the data for the report: name and text.
        unknown: which share of the tokens of the validation part the training part does not have, 0 to 1.
        findings: what is suspicious about the data, a sentence each.
    """

    train: Any
    valid: Any
    fingerprint: str
    card: Mapping[str, str]
    unknown: float = 0.0
    findings: Sequence[str] = ()


Say = Callable[[str], None]
"""Tells the user one sentence."""
