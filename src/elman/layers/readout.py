"""Layers after the recurrence: deeper from state to output, not from state to state."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.dropout import dropout
from elman.noise import Noise


class Readout(nn.Module):
    """A feed-forward network on each output of the recurrence, before the head.

        y_0 = h_t;    y_k = tanh(W_k y_{k-1} + b_k)

    Other than a stacked recurrence it has no memory: y at one step depends on h of that step alone.

    Args:
        size: width of h and of every layer.
        layers: how many; with 0 it does nothing.
        dropout: probability of dropping an output of a layer, with a mask of its own for each place.

    Source: Pascanu et al. (2014), How to construct deep recurrent neural networks, arXiv:1312.6026 (deep output).
    """

    def __init__(self, size: int, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(size, size) for _ in range(layers))
        self.dropout = dropout
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        with torch.no_grad():
            for parameter in self.parameters():
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                if parameter.dim() == 1:
                    parameter.zero_()
                else:
                    parameter.uniform_(-limit, limit, generator=generator)

    def forward(self, hidden: Float[Tensor, "*B H"], noise: Noise | None = None) -> Float[Tensor, "*B H"]:
        """Return the outputs of the last layer."""
        for layer in self.layers:
            hidden = dropout(torch.tanh(layer(hidden)), self.dropout, noise)
        return hidden
