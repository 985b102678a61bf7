"""Attention: what a query reads of a source."""

from typing import Any, NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from elman.data.records import Padded
from elman.layers.attention import SCORES
from elman.layers.attention.base import Score, masked_softmax
from elman.layers.source import Source


class Looked(NamedTuple):
    """What one query, or each of several, read.

    Args:
        context: c, (B, D) or (B, U, D).
        weights: α, (B, T) or (B, U, T).
    """

    context: Tensor
    weights: Tensor


class Attention(nn.Module):
    """Reads a source by how well its places fit a query.

        e_j = score(q, v_j);    α = softmax(e) over real places;    c = Σ_j α_j v_j

    Args:
        name: of the score.
        query_size: Q.
        values_size: D.
    """

    def __init__(self, name: str, query_size: int, values_size: int) -> None:
        super().__init__()
        self.score: Score = SCORES.get(name)(query_size, values_size)

    def source(self, values: Padded, last: Tensor) -> Source:
        """Return a source with what the score takes of each place."""
        mask = values.mask
        if mask is None:
            mask = values.values.new_ones(values.values.shape[:2], dtype=bool)
        return Source(values.values, self.score.keys(values.values), mask, last, None)

    def forward(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what one query of each row reads."""
        weights = masked_softmax(self.score(query, source.keys), source.mask)
        return Looked((weights[:, None] @ source.values)[:, 0], weights)

    def every(self, queries: Float[Tensor, "B U Q"], source: Any) -> Looked:
        """Return what several queries of each row read, all at once."""
        scores = self.score.every(queries, source.keys)
        weights = masked_softmax(scores, source.mask[:, None].expand_as(scores))
        return Looked(weights @ source.values, weights)
