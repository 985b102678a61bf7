"""Local attention around a place that the query predicts."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.layers.attention.base import Score, windowed


class LocalPScore(Score):
    """General scores within a window whose middle is predicted.

        p = S sigmoid(v_p · tanh(W_p q)),    S real places, numbered from 0
        e_j = q W v_j;    α = softmax(e) over |j - p| <= D, times exp(-(j - p)² / (2 s²)),    D = 10, s = D / 2

    Weights are not normalised again: they sum to less than 1.

    Args:
        query_size: Q.
        value_size: D of the values.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    sums_to_one = False

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.width = 10
        self.weight = nn.Parameter(torch.empty(query_size, value_size))
        self.middle_weight = nn.Parameter(torch.empty(query_size, query_size))
        self.middle_vector = nn.Parameter(torch.empty(query_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out."""
        with torch.no_grad():
            for parameter in self.parameters():
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                parameter.uniform_(-limit, limit, generator=generator)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T Q"]:
        """Return W v_j."""
        return values @ self.weight.t()

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T Q"]) -> Float[Tensor, "B T"]:
        """Return e of each place, within the window or not."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T Q"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, one product."""
        return queries @ keys.transpose(1, 2)

    def weigh(
        self,
        scores: Float[Tensor, "*B T"],
        queries: Float[Tensor, "*B Q"],
        keys: Float[Tensor, "B T Q"],
        mask: Bool[Tensor, "*B T"],
    ) -> Float[Tensor, "*B T"]:
        """Return α: a softmax within the window, less towards its ends."""
        middle = torch.sigmoid(torch.tanh(queries @ self.middle_weight.t()) @ self.middle_vector) * mask.sum(-1)
        away = torch.arange(scores.shape[-1], device=scores.device) - middle[..., None]
        return windowed(scores, away, self.width, mask)
