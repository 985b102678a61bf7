"""What the numbers of a run depend on besides its configuration."""

import platform

import numpy as np

from elman.native import build, instruction_sets, instructions, kernel_mode
from elman.version import __version__


def environment(threads: int) -> dict[str, str]:
    """Return the facts under which a resumed run is bit for bit what an uninterrupted one would be."""
    return {
        "elman": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "threads": str(threads),
        "kernels": _kernels(),
    }


def _kernels() -> str:
    """Return who computes: the instruction set and compiler of compiled code where it is used."""
    mode, sets = kernel_mode(), instruction_sets()
    return f"{sets[instructions()]}, {build()}" if sets and mode != "reference" else mode


def differences(before: dict[str, str], now: dict[str, str]) -> str:
    """Return what changed, in one line; empty if nothing did."""
    changed = [f"{name} {before.get(name)} -> {now[name]}" for name in now if before.get(name) != now[name]]
    return ", ".join(changed)
