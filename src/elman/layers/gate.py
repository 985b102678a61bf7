"""A gate: how much of something counts."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.products import linear


class Gate(nn.Module):
    """β = σ(w q + b), one number for each query.

    Args:
        size: Q, numbers of a query.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(1, size)), nn.Parameter(torch.empty(1))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw w from U(-bound, bound), 1/sqrt(Q) if left out; b is 0: half of everything counts."""
        with torch.no_grad():
            limit = self.weight.shape[1] ** -0.5 if bound is None else bound
            self.weight.uniform_(-limit, limit, generator=generator)
            self.bias.zero_()

    def forward(self, query: Float[Tensor, "*B Q"]) -> Float[Tensor, "*B 1"]:
        """Return β."""
        return torch.sigmoid(linear(query, self.weight, self.bias))
