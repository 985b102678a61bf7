"""Scores of a tanh layer over every pair of a query and a key, a block of pairs at a time."""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from elman.layers.once import once

_BLOCK = 1 << 18
"""Numbers of the hidden layer that are there at once: they stay in a cache."""


def tanh_scores(
    queries: Float[Tensor, "B U A"], keys: Float[Tensor, "B T A"], vector: Float[Tensor, " A"]
) -> Float[Tensor, "B U T"]:
    """Return v · tanh(q_u + k_j) of every query and key, without ever holding all hidden layers, (B, U, T, A).

    They are made again, block by block, for the gradient:

        h = tanh(q + k);    δ = ∂/∂e;    ∂/∂v = Σ δ h;    ∂/∂q = v Σ_j δ (1 - h²);    ∂/∂k = v Σ_u δ (1 - h²)

    Args:
        queries: q.
        keys: k.
        vector: v.
    """
    if torch._C._are_functorch_transforms_active() or torch.compiler.is_exporting():
        return torch.tanh(keys[:, None] + queries[:, :, None]) @ vector
    found: Tensor = _TanhScores.apply(queries, keys, vector)  # type: ignore[no-untyped-call]
    return found


class _TanhScores(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, queries: Tensor, keys: Tensor, vector: Tensor) -> Tensor:
        ctx.save_for_backward(queries, keys, vector)
        scores = queries.new_empty(len(queries), queries.shape[1], keys.shape[1])
        for rows, some in _blocks(queries, keys):
            scores[rows, some] = _hidden(queries[rows, some], keys[rows]) @ vector
        return scores

    @staticmethod
    @once
    def backward(ctx: Any, wanted: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        queries, keys, vector = ctx.saved_tensors
        of_queries, of_keys, of_vector = torch.zeros_like(queries), torch.zeros_like(keys), torch.zeros_like(vector)
        for rows, some in _blocks(queries, keys):
            delta, hidden = wanted[rows, some], _hidden(queries[rows, some], keys[rows])
            of_vector += delta.flatten() @ hidden.flatten(0, 2)
            slope = hidden.square_().neg_().add_(1.0)
            of_queries[rows, some] = (delta[:, :, None] @ slope)[:, :, 0]
            of_keys[rows] += (delta.transpose(1, 2)[:, :, None] @ slope.transpose(1, 2))[:, :, 0]
        return of_queries.mul_(vector), of_keys.mul_(vector), of_vector


def _hidden(queries: Tensor, keys: Tensor) -> Tensor:
    return (keys[:, None] + queries[:, :, None]).tanh_()


def _blocks(queries: Tensor, keys: Tensor) -> Iterator[tuple[slice, slice]]:
    """Yield rows, and which of their queries: many rows where they are small, one and some of its queries else."""
    (count, steps, width), places = queries.shape, keys.shape[1]
    of_query = max(1, places * width)
    several = max(1, min(steps, _BLOCK // of_query))
    rows = max(1, _BLOCK // (several * of_query)) if several == steps else 1
    for first in range(0, count, rows):
        for query in range(0, steps, several):
            yield slice(first, first + rows), slice(query, query + several)
