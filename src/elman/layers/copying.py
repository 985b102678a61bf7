"""What a target may be copied from."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.data.records import Padded


class Copied(NamedTuple):
    """What a target may be copied from, at each of its places.

    Args:
        weights: α, how much each place of the source is looked at, (B, U, T); of one place of each target (B, T).
        ids: what stands there, (B, T): an id of the vocabulary of targets; from V on the number of one of the unknown
            words of the source, by first occurrence; below 0 padding.
        beside: what decides between writing and copying, beside the output, (B, U, K) or (B, K).
    """

    weights: Tensor
    ids: Tensor
    beside: Tensor

    @property
    def size(self) -> int:
        """How many ids there are at least."""
        return int(self.ids.max()) + 1 if self.ids.numel() else 0

    def part(self, rows: slice) -> "Copied":
        """Return that of some targets."""
        return Copied(*(one[rows] for one in self))

    @property
    def flat(self) -> "Copied":
        """The places of targets one below another, as if each were of a target of its own."""
        weights, ids, beside = self.weights, self.ids[:, None].expand(self.weights.shape), self.beside
        return Copied(weights.flatten(0, 1), ids.flatten(0, 1), beside.flatten(0, 1))

    def mass(self, ids: Int[Tensor, "B K"]) -> Float[Tensor, "B K"]:
        """Return Σ α_j over the places where each of some ids stands, at one place of each target."""
        same = self.ids[:, None] == ids[..., None]
        return torch.bmm(same.to(self.weights.dtype), self.weights[..., None]).squeeze(-1)

    @classmethod
    def of(cls, weights: Tensor, context: Tensor, inputs: Tensor, ids: Tensor) -> "Copied":
        """Return it of what decoders say: beside the output, what was read of the source and the last token decide."""
        return cls(weights, ids, torch.cat([context, inputs], -1))


def places(copies: Padded) -> Int[Tensor, "B T"]:
    """Return what stands at each place of some sources, padding as -1."""
    ids: Tensor = copies.values
    return ids if copies.mask is None else ids.masked_fill(~copies.mask, -1)
