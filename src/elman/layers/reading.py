"""What places of one text read of the places of another, each row of a batch for itself."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from elman.layers.attention.base import masked_softmax
from elman.layers.products import product


class Read(NamedTuple):
    """What was read.

    Args:
        found: Σ_j α_ij v_j, (B, T, V).
        weights: α, (B, T, J); 0 for padding.
    """

    found: Float[Tensor, "B T V"]
    weights: Float[Tensor, "B T J"]


def read_from(
    queries: Float[Tensor, "B T K"],
    keys: Float[Tensor, "B J K"],
    values: Float[Tensor, "B J V"],
    lengths: Tensor | None = None,
) -> Read:
    """Return what each query reads of the real places of its row.

        α_ij = softmax_j(q_i · k_j);    found_i = Σ_j α_ij v_j

    In training all rows at once. Without gradients row by row, without padding and in products whose rows have the same
    bits among others: what is answered does not depend on what else is asked.

    Args:
        queries: q.
        keys: k.
        values: v.
        lengths: how many places of each row are real, (B,); None where all are.
    """
    if torch.is_grad_enabled():
        mask = None if lengths is None else torch.arange(keys.shape[1], device=keys.device) < lengths[:, None]
        scores = queries @ keys.transpose(1, 2)
        weights = masked_softmax(scores, None if mask is None else mask[:, None].expand(scores.shape))
        return Read(weights @ values, weights)
    found = queries.new_zeros(*queries.shape[:2], values.shape[-1])
    weights = queries.new_zeros(*queries.shape[:2], keys.shape[1])
    for row, length in enumerate([keys.shape[1]] * len(keys) if lengths is None else lengths.tolist()):
        if length:
            own = torch.softmax(product(queries[row], keys[row, :length].t()), -1)
            weights[row, :, :length], found[row] = own, product(own, values[row, :length])
    return Read(found, weights)


def asked_of(rows: Float[Tensor, "B T H"], query: Float[Tensor, "B H"]) -> Float[Tensor, "B T"]:
    """Return h_i · q of each place."""
    return (rows * query[:, None]).sum(-1)
