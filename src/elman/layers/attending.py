"""Attention: what a query reads of a source."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.attention import SCORES
from elman.layers.attention.base import Score


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

    def forward(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what one query of each row reads."""
        if source.rows is not None:
            return self._together(query, source)
        weights = self.score.weigh(self.score(query, source.keys), query, source.keys, source.mask)
        return Looked((weights[:, None] @ source.values)[:, 0], weights)

    def every(self, queries: Float[Tensor, "B U Q"], source: Any) -> Looked:
        """Return what several queries of each row read, all at once."""
        source = source.spread()
        scores = self.score.every(queries, source.keys)
        weights = self.score.weigh(scores, queries, source.keys, source.mask[:, None].expand_as(scores))
        return Looked(weights @ source.values, weights)

    def _together(self, query: Float[Tensor, "B Q"], source: Any) -> Looked:
        """Return what rows read of which many look at one source, without a copy for each; they stand together."""
        some, group, sizes = torch.unique_consecutive(source.rows, return_inverse=True, return_counts=True)
        place = torch.arange(len(group), device=group.device) - (sizes.cumsum(0) - sizes)[group]
        queries = query.new_zeros(len(some), int(sizes.max()), query.shape[1])
        queries[group, place] = query
        if not torch.equal(some, torch.arange(len(source.mask), device=some.device)):
            source = source._replace(rows=some).spread()
        looked = self.every(queries, source._replace(rows=None))
        return Looked(looked.context[group, place], looked.weights[group, place])
