"""Where a network computes."""

import torch
from torch import nn

from elman.errors import ConfigError


def place(network: nn.Module, device: str) -> None:
    """Move a network to a device.

    Raises:
        ConfigError: there is no such device here.
    """
    try:
        network.to(device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"--device {device}: cannot be used here: {error}. elman doctor shows what can.") from error


def choose_device(wanted: str) -> str:
    """Return `cuda` or `cpu` for a wish that may be `auto`."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted
