"""Update rules, and the global gradient norm."""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from elman.errors import CheckpointError
from elman.training.settings import TrainingConfig


def make_optimizer(config: TrainingConfig, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """Return torch's optimizer for a configuration, with g the gradient and α the rate.

    sgd        θ -= α g
    momentum   v = μ v + g;  θ -= α v
    adagrad    s += g²;  θ -= α g / (√s + ε)
    adam       m, v = moving averages of g, g² with β1, β2, corrected for their start;  θ -= α m / (√v + ε)
    adamw      as adam, and θ -= α λ θ  (Loshchilov & Hutter, 2019)

    In all but adamw, weight decay adds λ θ to g.
    """
    rate, decay = config.rate, config.weight_decay
    rows = list(parameters)
    if config.optimizer in ("adam", "adamw"):
        kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
        return kind(rows, lr=rate, betas=(config.beta1, config.beta2), weight_decay=decay, fused=True)
    if config.optimizer == "adagrad":
        return torch.optim.Adagrad(rows, lr=rate, weight_decay=decay)
    momentum = config.momentum if config.optimizer == "momentum" else 0.0
    return torch.optim.SGD(rows, lr=rate, momentum=momentum, weight_decay=decay)


def clip_by_global_norm(parameters: Iterable[nn.Parameter], threshold: float) -> float:
    """Scale all gradients so that their common norm is at most the threshold, and return the norm they had.

        ‖g‖ = √(Σ over all parameters of g²);   if ‖g‖ >= threshold: g = g · threshold / ‖g‖

    Args:
        parameters: those without a gradient are passed over.
        threshold: 0 only measures.

    Source: Pascanu et al. (2013), On the difficulty of training recurrent neural networks, Algorithm 1.
    """
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
    if threshold and np.isfinite(norm) and norm >= threshold:
        torch._foreach_mul_(gradients, threshold / norm)
    return norm


def optimizer_arrays(optimizer: torch.optim.Optimizer, network: nn.Module) -> dict[str, np.ndarray]:
    """Return everything that the optimizer remembers, by parameter and key."""
    return {
        f"{name}/{key}": value.detach().cpu().numpy()
        for name, parameter in network.named_parameters()
        for key, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, Tensor)
    }


def load_optimizer_arrays(
    optimizer: torch.optim.Optimizer, network: nn.Module, arrays: Mapping[str, np.ndarray]
) -> None:
    """Make the optimizer remember what `optimizer_arrays` gave.

    Raises:
        CheckpointError: an array belongs to no parameter.
    """
    numbers = {name: number for number, (name, _) in enumerate(network.named_parameters())}
    state: dict[int, dict[str, Tensor]] = {}
    for path, array in arrays.items():
        name, _, key = path.rpartition("/")
        if name not in numbers:
            raise CheckpointError(f"the checkpoint remembers {key} of {name!r}, which the model does not have.")
        state.setdefault(numbers[name], {})[key] = torch.tensor(array)
    # torch knows which of them belong beside their parameter, and which on the CPU.
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
