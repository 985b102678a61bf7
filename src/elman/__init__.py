"""Elman: recurrent sequence models from plain files, on the machine you have.

    run = elman.train("lm", train="wiki.train.tokens", valid="wiki.valid.tokens", cell="lstm")
    model = elman.load("runs/lm-1")
    model.generate("the students opened their", length=20, seed=1)

Dimensions, everywhere in the package: B batch, T time, U target time, I input features, E embedding, H hidden,
G gates x hidden, V vocabulary, K tags, L layers, D directions. Names and units are in docs/glossary.md.
"""

from typing import TYPE_CHECKING

from elman.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    ElmanError,
    KernelError,
    NotWrittenError,
    ShapeError,
    TrainingError,
)
from elman.version import __version__

if TYPE_CHECKING:
    from elman import lab as lab
    from elman.events import silent as silent
    from elman.inference.loading import load as load
    from elman.inspection.looking import inspect as inspect
    from elman.training.launch import train as train
    from elman.training.resuming import resume as resume

_LAZY = {
    "train": "elman.training.launch",
    "resume": "elman.training.resuming",
    "load": "elman.inference.loading",
    "inspect": "elman.inspection.looking",
    "silent": "elman.events",
}
__all__ = [
    "CheckpointError",
    "ConfigError",
    "DataError",
    "ElmanError",
    "KernelError",
    "NotWrittenError",
    "ShapeError",
    "TrainingError",
    "__version__",
    "inspect",
    "lab",
    "load",
    "resume",
    "silent",
    "train",
]


def __dir__() -> list[str]:
    """Name what is public, whether it is imported yet or not."""
    return sorted(__all__)


def __getattr__(name: str) -> object:
    """Import torch only when something is asked for that needs it."""
    import importlib

    if name == "lab":
        return importlib.import_module("elman.lab")
    if name not in _LAZY:
        raise AttributeError(f"module 'elman' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
