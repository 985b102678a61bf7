"""Which arrays a call of compiled code takes, and the refusal of others: it would read and write where nothing is."""

from typing import NamedTuple

import numpy as np

from elman.errors import ShapeError


class Place(NamedTuple):
    """One array of a call.

    Args:
        name: what messages call it.
        array: what was given there.
        shape: what it must have.
        needed: whether it must be there; False where it must not be, None where both will do.
    """

    name: str
    array: np.ndarray | None
    shape: tuple[int, ...]
    needed: bool | None


def check_sizes(sizes: np.ndarray, batch: int, rows: int) -> None:
    """Refuse numbers of sequences that are no packing.

    Args:
        sizes: (T), sequences that are still there at each step.
        batch: B.
        rows: N, of all steps.

    Raises:
        ShapeError: they rise, are none, are more than the batch or another number of rows in all.
    """
    falling = sizes.ndim == 1 and len(sizes) > 0 and bool((sizes[1:] <= sizes[:-1]).all())
    if not falling or sizes[0] > batch or sizes[-1] < 1 or int(sizes.sum()) != rows:
        found = np.array2string(sizes, threshold=8)
        raise ShapeError(f"sizes: got {found}, expected falling ones of 1..{batch}, {rows} in all.")


def refuse(kind: str, dtype: np.dtype, *places: Place) -> None:
    """Refuse arrays that are missing, unknown, or of another shape or type.

    Args:
        kind: the recurrence.
        dtype: the type that all must have.
        places: all arrays of a call.

    Raises:
        ShapeError: one line for each of them.
    """
    wrong = []
    for name, array, shape, needed in places:
        if array is None and needed:
            wrong.append(f"{name}: needed by {kind}.")
        elif array is not None and needed is False:
            wrong.append(f"{name}: unknown to {kind}.")
        elif array is not None and (array.shape != shape or array.dtype != dtype):
            wrong.append(f"{name}: got {array.dtype} {array.shape}, expected {dtype} {shape}.")
    if wrong:
        raise ShapeError(*wrong)
