"""Location attention: where to look is said by the query alone, whatever stands there."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.attention.base import Score

_PLACES = 256
"""Places that can be looked at; of a longer source those behind them never are."""


class LocationScore(Score):
    """Scores of places by their numbers.

        e_j = (W q)_j,    j < 256

    Args:
        query_size: Q.
        value_size: D; no value is read.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    by_number = True

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.weight = nn.Parameter(torch.empty(_PLACES, query_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(Q) if left out."""
        limit = self.query_size**-0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-limit, limit, generator=generator)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T 0"]:
        """Return nothing but how many places there are."""
        return values[..., :0]

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T 0"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T 0"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query; -inf where a place has no number."""
        count = keys.shape[1]
        scores = queries @ self.weight[:count].t()
        return nn.functional.pad(scores, (0, count - scores.shape[2]), value=-torch.inf)
