"""The one door to compiled code: whether it was built, and which path computes a recurrence."""

import os

from elman.errors import KernelError, did_you_mean

MODES = ("auto", "reference")


def kernel_mode() -> str:
    """Return `ELMAN_KERNELS`: `auto` takes the fastest path, `reference` the cell's own Python step.

    Raises:
        KernelError: the variable holds something else.
    """
    mode = os.environ.get("ELMAN_KERNELS", "auto")
    if mode not in MODES:
        raise KernelError(f"ELMAN_KERNELS: unknown mode {mode!r}. {did_you_mean(mode, MODES)}")
    return mode


def build() -> str | None:
    """Return the compiler that built the extension module, such as `g++ 12.2.0`, or None if it is not there."""
    try:
        from elman.native import _kernels
    except ImportError:
        return None
    return _kernels.compiler()
