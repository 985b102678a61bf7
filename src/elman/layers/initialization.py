"""The starting weights of a whole network."""

import inspect

import torch
from torch import nn

from elman.randomness import seed_of


def initialize(network: nn.Module, seed: int, bound: float | None = None) -> None:
    """Draw the parameters of every module that draws anew from the seed and the name of its module.

    A module draws from a stream of its own, so that a part added to a network changes no other part.

    Args:
        network: any modules; those with `reset_parameters(generator, bound)` draw their own parameters, and those of
            torch's layers that they hold, which would draw from the generator of the whole process.
        seed: of the run.
        bound: U(-bound, bound) for all weights; None lets each module take what suits it.

    Raises:
        RuntimeError: a parameter was drawn by nobody: another start would give it other numbers.
    """
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(torch.nan)
    for name, module in network.named_modules():
        reset = getattr(module, "reset_parameters", None)
        if reset is not None and "generator" in inspect.signature(reset).parameters:
            reset(torch.Generator().manual_seed(seed_of(seed, f"init.{name}")), bound)
    for name, parameter in network.named_parameters():
        if parameter.isnan().any():
            raise RuntimeError(
                f"{type(network).__name__}: nobody draws all of {name!r}. The module that owns it, or that holds the "
                "layer of torch that does, needs reset_parameters(generator, bound)."
            )
