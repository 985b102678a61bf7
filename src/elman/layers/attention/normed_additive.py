"""Additive attention whose last vector has a length of its own, learned as one number."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.attention.base import Form, Score
from elman.layers.products import linear
from elman.layers.tanh_scores import tanh_scores


class NormedAdditiveScore(Score):
    """Scores by one hidden layer, direction and size of the last vector apart.

        e_j = g v · tanh(W q + U v_j + b) / |v|,    g = √(1/A), b = 0 at the start

    Args:
        query_size: Q.
        value_size: D, which is also A, the width of the layer.

    Source: Salimans & Kingma (2016), Weight normalization, arXiv:1602.07868, for the score of Bahdanau et al. (2015),
    arXiv:1409.0473; as in tensorflow/nmt.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        self.weight_query = nn.Parameter(torch.empty(value_size, query_size))
        self.weight_key = nn.Parameter(torch.empty(value_size, value_size))
        self.vector = nn.Parameter(torch.empty(value_size))
        self.bias = nn.Parameter(torch.empty(value_size))
        self.size = nn.Parameter(torch.empty(()))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out; g and b have their own start."""
        with torch.no_grad():
            for parameter in (self.weight_query, self.weight_key, self.vector):
                limit = parameter.shape[-1] ** -0.5 if bound is None else bound
                parameter.uniform_(-limit, limit, generator=generator)
            self.bias.zero_()
            self.size.fill_(self.value_size**-0.5)

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T A"]:
        """Return U v_j + b."""
        return linear(values, self.weight_key, self.bias)

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T A"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T A"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, some hidden layers at once."""
        vector = self.size * self.vector / self.vector.norm()
        return tanh_scores(linear(queries, self.weight_query), keys, vector)

    def form(self) -> Form:
        """Return it as compiled code knows it."""
        return Form(self.weight_query, self.size * self.vector / self.vector.norm())
