"""Additive attention: a tanh layer over query and key."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.attention.base import Form, Score
from elman.layers.products import linear
from elman.layers.tanh_scores import tanh_scores


class AdditiveScore(Score):
    """Scores by one hidden layer.

        e_j = v · tanh(W q + U v_j)

    Args:
        query_size: Q.
        value_size: D, which is also A, the width of the layer.

    Source: Bahdanau et al. (2015), Neural machine translation by jointly learning to align and translate,
    arXiv:1409.0473.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.weight_query = nn.Parameter(torch.empty(value_size, query_size))
        self.weight_key = nn.Parameter(torch.empty(value_size, value_size))
        self.vector = nn.Parameter(torch.empty(value_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out."""
        with torch.no_grad():
            for parameter in self.parameters():
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                parameter.uniform_(-limit, limit, generator=generator)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T A"]:
        """Return U v_j."""
        return linear(values, self.weight_key)

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T A"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""
        return self.fit(query @ self.weight_query.t(), keys, self.vector)

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T A"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, some hidden layers at once."""
        return tanh_scores(linear(queries, self.weight_query), keys, self.vector)

    @staticmethod
    def fit(query: Float[Tensor, "B A"], keys: Float[Tensor, "B T A"], vector: Float[Tensor, " A"]) -> Tensor:
        """Return v · tanh(W q + U v_j), given both products, for whoever has the weights under other names."""
        return torch.tanh(keys + query[:, None]) @ vector

    def form(self) -> Form:
        """Return it as compiled code knows it."""
        return Form(self.weight_query, self.vector)
