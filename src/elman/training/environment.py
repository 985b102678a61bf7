"""What the numbers of a run depend on besides its configuration."""

import platform

import numpy as np
import torch

from elman.errors import ConfigError
from elman.models.base import Model, Network
from elman.native import build, instruction_sets, instructions, kernel_mode
from elman.version import __version__


def environment(device: str) -> dict[str, str]:
    """Return the facts under which a resumed run is bit for bit what an uninterrupted one would be."""
    return {
        "elman": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "threads": str(torch.get_num_threads()),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "kernels": _kernels(),
    }


def _kernels() -> str:
    """Return who computes recurrences: the instruction set and compiler of compiled code where it is used."""
    mode, sets = kernel_mode(), instruction_sets()
    return f"{sets[instructions()]}, {build()}" if sets and mode != "reference" else mode


def differences(before: dict[str, str], now: dict[str, str]) -> str:
    """Return what changed, in one line; empty if nothing did."""
    changed = [f"{name} {before.get(name)} -> {now[name]}" for name in now if before.get(name) != now[name]]
    return ", ".join(changed)


def place(model: Model, device: str) -> Model:
    """Move a network to a device; a fitted model has none.

    Raises:
        ConfigError: there is no such device here.
    """
    if isinstance(model, Network):
        try:
            model.to(device)
        except (RuntimeError, AssertionError) as error:
            raise ConfigError(
                f"--device {device}: cannot be used here: {error}. elman doctor shows what can."
            ) from error
    return model


def choose_device(wanted: str) -> str:
    """Return `cuda` or `cpu` for a wish that may be `auto`."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted
