"""General attention: a matrix between query and value."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.attention.base import Form, Score
from elman.layers.products import linear


class GeneralScore(Score):
    """Scores by one matrix.

        e_j = q W v_j

    Args:
        query_size: Q.
        value_size: D.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.weight = nn.Parameter(torch.empty(query_size, value_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(D) if left out."""
        limit = self.value_size**-0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-limit, limit, generator=generator)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T Q"]:
        """Return W v_j."""
        return linear(values, self.weight)

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T Q"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T Q"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, one product."""
        return queries @ keys.transpose(1, 2)

    def form(self) -> Form:
        """Return it as compiled code knows it."""
        return Form()
