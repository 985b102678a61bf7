"""The likeliest classes of rows of logits in compiled code, on NumPy arrays."""

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions
from elman.native.recurrences import compiled


def likeliest(logits: np.ndarray, k: int, end: int | None, threads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log p (nats) and ids of the k likeliest classes but `end` of each row, (R, k), and log p of `end`, (R,).

        log p_k = z_k - log Σ_j exp(z_j)

    Largest first, equal logits by their ids. Where a logit is no number, log p is none.

    Args:
        logits: z, (R, V), float32 or float64.
        k: fewer than there are classes.
        end: a class, whose log p is -inf where it is None.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: a k that is too large, or logits of another type.
    """
    rows, classes = logits.shape
    if not 1 <= k < classes or not (end is None or 0 <= end < classes):
        raise ShapeError(f"likeliest: got k {k} and end {end}, expected fewer than {classes} classes.")
    if logits.dtype not in (np.float32, np.float64) or not logits.flags.c_contiguous:
        raise ShapeError(f"likeliest: got {logits.dtype}, expected float32 or float64, contiguous.")
    log_probs, ids, log_end = np.empty((rows, k)), np.empty((rows, k), np.int64), np.empty(rows)
    compiled().rank(instructions(), threads, logits, -1 if end is None else end, log_probs, ids, log_end)
    return log_probs, ids, log_end
