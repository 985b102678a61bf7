"""The one door to compiled code: whether it was built, its instruction set, and who computes a recurrence."""

import importlib.util
import os
from functools import cache
from types import ModuleType

from elman.errors import KernelError, did_you_mean

MODES = ("auto", "reference", "native")
BUILD_FIX = "Install a C++17 compiler (apt-get install g++), then: pip install --force-reinstall elman"


def kernel_mode() -> str:
    """Return `ELMAN_KERNELS`: who computes a recurrence.

    `auto` takes the fastest path, `reference` the cell's own Python step, `native` is `auto` where compiled code must
    be there.

    Raises:
        KernelError: the variable holds something else, or `native` and there is none.
    """
    mode = os.environ.get("ELMAN_KERNELS") or "auto"
    if mode not in MODES:
        raise KernelError(f"ELMAN_KERNELS: unknown mode {mode!r}. {did_you_mean(mode, MODES)}")
    if mode == "native" and module() is None:
        raise KernelError(f"ELMAN_KERNELS=native: the compiled module is not there. {BUILD_FIX}")
    return mode


def check_environment() -> None:
    """Refuse what the environment asks for and cannot be had, before anything is made.

    Raises:
        KernelError: `ELMAN_KERNELS` or `ELMAN_ISA` holds something else than it may.
    """
    if compiled() is not None:
        instructions()


def compiled() -> ModuleType | None:
    """Return the extension module, or None where compiled code is not there or not wanted."""
    return None if kernel_mode() == "reference" else module()


@cache
def module() -> ModuleType | None:
    """Return the extension module, or None if it was not built.

    Raises:
        KernelError: it was built and cannot be loaded; the message has the reason.
    """
    if importlib.util.find_spec("elman.native._kernels") is None:
        return None
    try:
        from elman.native import _kernels
    except ImportError as error:
        raise KernelError(f"The compiled module is there, but cannot be loaded: {error}. {BUILD_FIX}") from error
    return _kernels


def build() -> str | None:
    """Return the compiler that built the extension module, such as `g++ 12.2.0`, or None if it is not there."""
    found = module()
    if found is None:
        return None
    return f"{found.compiler()}{'' if found.threaded() else ' without OpenMP: one thread'}"


def instruction_sets() -> list[str]:
    """Return the instruction sets that were compiled and that this machine has, best first."""
    found = module()
    return [] if found is None else list(found.instruction_sets())


def instructions() -> int:
    """Return the place in `instruction_sets` of the one to use: `ELMAN_ISA`, or the best.

    Raises:
        KernelError: it names one that is not there.
    """
    name = os.environ.get("ELMAN_ISA")
    if not name:
        return 0
    there = instruction_sets()
    if name not in there:
        raise KernelError(f"ELMAN_ISA: got {name!r}, expected one of {', '.join(there)}: what this machine has.")
    return there.index(name)
