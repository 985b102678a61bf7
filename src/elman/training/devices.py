"""Where a network computes, and what its numbers depend on there. With torch."""

import torch

from elman.errors import ConfigError
from elman.models.base import Model, Network
from elman.runs.environment import environment


def network_environment(device: str) -> dict[str, str]:
    """Return the facts under which a resumed network is bit for bit what an uninterrupted one would be."""
    return environment(torch.get_num_threads()) | {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


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
