"""Runs of this version that have a way to go, to be damaged and gone on with."""

import shutil
from pathlib import Path

from elman.runs import checkpoint as checkpoints

from .jobs import done
from .trainings import TRAININGS

NAMES = ("lm-characters", "lm-words", "lm-averaged", "embed", "tag-joint", "classify", "series", "pair", "seq2seq")


def folder(files: Path) -> Path:
    """Return where they are."""
    return files.parent / "stopped"


def make(files: Path) -> None:
    """Train them, and take their newest checkpoint away."""
    for name in NAMES:
        run = folder(files) / name
        done([*TRAININGS[name].command(files), "--out", str(run)])
        places = run / "checkpoints"
        shutil.rmtree(places / str(checkpoints.steps(places)[-1]))
