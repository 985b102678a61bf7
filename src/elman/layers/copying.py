"""What a target may be copied from."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.cells.base import Memory, Step
from elman.data.records import Padded
from elman.layers.packing import Packing
from elman.layers.unroll import unroll

LETTERS = ("weights", "context")
"""What a decoder has to say of each step, so that something can be copied."""


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

    @classmethod
    def of(cls, weights: Tensor, context: Tensor, inputs: Tensor, ids: Tensor) -> "Copied":
        """Return it of what decoders say: beside the output, what was read of the source and the last token decide."""
        return cls(weights, ids, torch.cat([context, inputs], -1))


def places(copies: Padded) -> Int[Tensor, "B T"]:
    """Return what stands at each place of some sources, padding as -1."""
    ids: Tensor = copies.values
    return ids if copies.mask is None else ids.masked_fill(~copies.mask, -1)


class Followed(NamedTuple):
    """What a decoder gives over whole targets.

    Args:
        outputs: (B, U, H).
        state: after the last token.
        weights: how much each place of the source was looked at, (B, U, T).
        context: what was read there, (B, U, D).
    """

    outputs: Tensor
    state: Any
    weights: Tensor
    context: Tensor


def followed(step: Step, rows: Float[Tensor, "N E"], packing: Packing, memory: Memory, state: Any) -> Followed:
    """Return the outputs of a decoder over whole targets with where it looked, all padded.

    Args:
        step: the decoder.
        rows: packed vectors of the tokens that it reads.
        packing: how they are packed.
        memory: the sources.
        state: before the first token.
    """
    made = unroll(step, rows, packing, state, memory, keep=LETTERS)
    weights, context = (packing.unpack(torch.cat(made.kept[letter])) for letter in LETTERS)
    return Followed(packing.unpack(made.outputs), made.state, weights, context)
