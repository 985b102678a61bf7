"""Small convolutions over pictures."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from elman.layers.dropout import dropout
from elman.moment import Noise

USUAL = (16, 32, 64)
"""Filters of each convolution of a picture, where nothing is said."""

_LEAST = 1e-6
"""Of a mean of squares: a picture in which no filter finds anything stays nothing."""


class PictureConvolutions(nn.Module):
    """x^(l+1) = max over 2 x 2 places of relu(W^(l) * x^(l) + b^(l)),    W: three by three places.

        y = x^(L) / sqrt(mean of the squares of all of x^(L) of a picture): however large filters grow, what reads
            them is not driven to its ends

    Args:
        colours: C of a picture.
        filters: of each convolution; nothing takes `USUAL`.
        rate: probability of dropping a filter's output at a place.
    """

    def __init__(self, colours: int, filters: Sequence[int], rate: float) -> None:
        super().__init__()
        self.filters, self._rate = list(filters or USUAL), rate
        pairs = pairwise([colours, *self.filters])
        self.layers = nn.ModuleList(nn.Conv2d(one, other, 3, padding=1) for one, other in pairs)
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the filters from U(-bound, bound), sqrt(6 / inputs) if left out (He et al., 2015); biases are 0."""
        with torch.no_grad():
            for layer in self.layers:
                weight, bias = layer.parameters()
                limit = (6 / weight[0].numel()) ** 0.5 if bound is None else bound
                weight.uniform_(-limit, limit, generator=generator)
                bias.zero_()

    def side(self, places: Any) -> Any:
        """Return how many places are left of a side of so many, of a number, an array or a tensor."""
        for _ in self.filters:
            places = (places + 1) // 2
        return places

    def forward(self, pictures: Float[Tensor, "N C H W"], noise: Noise | None) -> Float[Tensor, "N D h w"]:
        """Return the outputs of the last filters."""
        for layer in self.layers:
            pictures = functional.max_pool2d(functional.relu(layer(pictures)), 2, ceil_mode=True)
            pictures = dropout(pictures, self._rate, noise)
        found: Tensor = pictures / (pictures.square().mean((1, 2, 3), keepdim=True) + _LEAST).sqrt()
        return found
