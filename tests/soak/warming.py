"""A process with everything imported, from which every life is forked in no time."""

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import MagicMock

import sklearn.linear_model  # noqa: F401  # what the baseline imports when it is fitted
import torch

import elman
from elman.pages import charts


def warm() -> None:
    """Import everything, and leave pictures out: they take longer than all else, and no file but a page has them."""
    torch.set_num_threads(1)  # what has no thread of its own can be forked
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(elman.__path__, "elman.")
        if not module.name.endswith("__main__")
    ]
    picture = charts.drawn
    for module in modules:
        if getattr(module, "drawn", None) is picture:
            module.drawn = _left_out  # type: ignore[attr-defined]


@contextmanager
def _left_out(size: tuple[float, float]) -> Iterator[charts.Picture]:
    yield charts.Picture(MagicMock(), "<svg></svg>")
