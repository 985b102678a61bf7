"""The starting weights of a whole network."""

import inspect

import torch
from torch import nn

from elman.randomness import seed_of


def initialize(network: nn.Module, seed: int, bound: float | None = None) -> None:
    """Draw the parameters of every module that draws anew from the seed and the name of its module.

    A module draws from a stream of its own, so that a part added to a network changes no other part.

    Args:
        network: any modules; those with `reset_parameters(generator, bound)` draw.
        seed: of the run.
        bound: U(-bound, bound) for all weights; None lets each module take what suits it.
    """
    for name, module in network.named_modules():
        reset = getattr(module, "reset_parameters", None)
        # torch's own layers draw from the global generator; the module that holds one draws for it.
        if reset is not None and "generator" in inspect.signature(reset).parameters:
            reset(torch.Generator().manual_seed(seed_of(seed, f"init.{name}")), bound)
