"""Local attention around the place with the number of the step."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.layers.attention.base import Score, windowed


class LocalMScore(Score):
    """General scores within a window that moves by one place a step, for texts whose order is the same.

        p = t, the number of the step, from 0
        e_j = q W v_j;    α = softmax(e) over |j - p| <= D, times exp(-(j - p)² / (2 s²)),    D = 10, s = D / 2

    Weights are not normalised again: they sum to less than 1. Behind the end of the source nothing is looked at.

    Args:
        query_size: Q.
        value_size: D of the values.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    sums_to_one = False
    counts_steps = True

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.width = 10
        self.weight = nn.Parameter(torch.empty(query_size, value_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(D) if left out."""
        limit = self.value_size**-0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-limit, limit, generator=generator)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T K"]:
        """Return W v_j and j."""
        places = torch.arange(values.shape[1], dtype=values.dtype, device=values.device)
        return torch.cat([values @ self.weight.t(), places[None, :, None].expand(len(values), -1, 1)], -1)

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T K"]) -> Float[Tensor, "B T"]:
        """Return e of each place, within the window or not."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T K"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, one product."""
        return queries @ keys[..., :-1].transpose(1, 2)

    def weigh(
        self,
        scores: Float[Tensor, "*B T"],
        queries: Float[Tensor, "*B Q"],
        keys: Float[Tensor, "B T K"],
        mask: Bool[Tensor, "*B T"],
    ) -> Float[Tensor, "*B T"]:
        """Return α: a softmax within the window, less towards its ends."""
        away = keys[..., -1]
        return windowed(scores, away if scores.dim() == 2 else away[:, None].expand_as(scores), self.width, mask)
