"""Feed-forward layers on one vector."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.dropout import dropout
from elman.layers.products import linear
from elman.moment import Noise


class FeedForward(nn.Module):
    """y_0 = x;  y_k = tanh(W_k y_{k-1} + b_k).

    Args:
        input_size: width of x.
        size: width of every layer.
        layers: how many; with 0 it does nothing.
        dropout: probability of dropping an output of a layer.
        input_dropout: the same for x; `dropout` if left out.
    """

    def __init__(
        self, input_size: int, size: int, layers: int, dropout: float = 0.0, input_dropout: float | None = None
    ) -> None:
        super().__init__()
        widths = [input_size, *[size] * layers]
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(widths))
        self.dropout = dropout
        self.input_dropout = dropout if input_dropout is None else input_dropout
        self.output_size = widths[-1]
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out; biases are 0."""
        with torch.no_grad():
            for parameter in self.parameters():
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                if parameter.dim() == 1:
                    parameter.zero_()
                else:
                    parameter.uniform_(-limit, limit, generator=generator)

    def forward(self, x: Float[Tensor, "*B I"], noise: Noise | None = None) -> Float[Tensor, "*B O"]:
        """Return the outputs of the last layer."""
        x = dropout(x, self.input_dropout, noise)
        for layer in self.layers:
            x = dropout(torch.tanh(linear(x, layer.weight, layer.bias)), self.dropout, noise)  # type: ignore[arg-type]
        return x
