"""Products of large matrices in compiled code, on NumPy arrays."""

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions
from elman.native.recurrences import compiled


def multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray, threads: int, adds: bool = False) -> None:
    """Fill `out` with left right, or add it to what is there.

        out_ij = Σ_k left_ik right_kj,    or out_ij + Σ_k left_ik right_kj

    Each number adds its products in an order that depends on K alone, so a row has the same bits alone and among
    others, and with any number of threads.

    Args:
        left: (M, K), float32 or float64; its rows or its columns are contiguous.
        right: (K, N) of the same type; the same.
        out: (M, N), contiguous, and no memory of the others.
        threads: how many to use at most.
        adds: whether `out` has something already.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other.
    """
    flat = left.ndim == right.ndim == 2
    if not flat or left.shape[1] != right.shape[0] or out.shape != (left.shape[0], right.shape[1]):
        found = f"{left.shape} times {right.shape} for {out.shape}"
        raise ShapeError(f"product: got {found}, expected (M, K) times (K, N) for (M, N).")
    if not left.dtype == right.dtype == out.dtype or left.dtype not in (np.float32, np.float64):
        found = f"{left.dtype} times {right.dtype} for {out.dtype}"
        raise ShapeError(f"product: got {found}, expected all float32 or all float64.")
    for name, matrix in (("left", left), ("right", right)):
        if not (_has_rows(matrix) or _has_rows(matrix.T)):
            raise ShapeError(f"product: {name} has neither contiguous rows nor columns. Copy it first.")
    if not out.flags.c_contiguous:
        raise ShapeError("product: out is not contiguous.")
    compiled().multiply(instructions(), threads, left, right, out, adds)


def _has_rows(matrix: np.ndarray) -> bool:
    """Say whether the numbers of a row lie beside each other."""
    return matrix.size == 0 or matrix.shape[1] == 1 or matrix.strides[1] == matrix.itemsize
