"""What a checkpoint holds, against what the learner would save: an update trusts that they agree."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from elman.errors import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor


def check_names(what: str, got: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Refuse other names than are expected.

    Raises:
        CheckpointError: there are; the message has the first.
    """
    for name in sorted(got.keys() ^ expected.keys()):
        wrong = "is missing" if name in expected else "belongs to nothing in the model"
        raise CheckpointError(f"{what} {name!r} {wrong}.")


def check_array(what: str, got: np.ndarray, expected: "Tensor") -> None:
    """Refuse an array of another shape or type, or with numbers that are none.

    Raises:
        CheckpointError: it is one.
    """
    kind, shape = str(expected.dtype).removeprefix("torch."), tuple(expected.shape)
    if (got.dtype.name, got.shape) != (kind, shape):
        raise CheckpointError(f"{what}: got {got.dtype.name} of shape {got.shape}, expected {kind} of shape {shape}.")
    if got.dtype.kind == "f" and np.isnan(got).any():
        raise CheckpointError(f"{what}: has numbers that are not a number.")


def check_counters(what: str, got: Any, expected: Mapping[str, Any]) -> None:
    """Refuse counters of other names or types.

    Raises:
        CheckpointError: there are some; a whole number may stand for a real one.
    """
    if not isinstance(got, Mapping):
        raise CheckpointError(f"{what}: got {got!r}, expected counters by name.")
    check_names(what, got, expected)
    for name, value in expected.items():
        found = got[name]
        kinds = (int, float) if isinstance(value, float) else (type(value),)
        of_numbers = all(type(one) in (int, float) for one in found) if isinstance(found, list) else True
        if type(found) not in kinds or not of_numbers:
            raise CheckpointError(f"{what} {name!r}: got {found!r}, expected {type(value).__name__}.")
