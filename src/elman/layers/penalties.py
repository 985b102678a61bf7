"""Terms of a loss that are not about targets (Merity et al., 2017, arXiv:1708.01009)."""

from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor

from elman.data.records import Padded
from elman.layers.packing import Packing
from elman.layers.regularization import Regularization


class Penalty(NamedTuple):
    """A mean of squares as a sum and what it was summed over, so that parts are added before they are divided.

        weight Σ x² / terms

    Args:
        weight: α or β.
        squares: Σ x².
        terms: how many numbers x there are.
    """

    weight: float
    squares: Tensor
    terms: int

    def over(self, terms: int) -> Tensor:
        """Return what it adds to a loss, if there are so many terms in all; 0 where there is nothing."""
        return self.weight * (self.squares / max(1, terms))

    @property
    def value(self) -> Tensor:
        """What it adds to the loss of a batch of one part."""
        return self.over(self.terms)


class LookPenalty(Protocol):
    """What is owed for where a decoder looked."""

    def penalty(self, weights: Tensor, mask: Tensor, targets: int) -> Penalty:
        """Return it.

        Args:
            weights: how much each place was looked at by each token, (B, U, T), 0 in padding.
            mask: which places are real, (B, T).
            targets: how many tokens are real.
        """


def penalties(rates: Regularization, made: Tensor, dropped: Tensor, packing: Packing) -> dict[str, Penalty]:
    """Return the penalties of a layer.

        activation              α mean(h²)                   after dropout
        temporal_activation     β mean((h_{t+1} - h_t)²)     before dropout; a batch of one step has no differences

    Args:
        rates: α and β.
        made: h, packed.
        dropped: h after dropout, packed.
        packing: which rows follow each other.
    """
    found = {}
    if rates.activation_penalty:
        found["activation"] = _penalty(rates.activation_penalty, dropped)
    if rates.temporal_penalty:
        now, following = packing.pairs(made)
        found["temporal_activation"] = _penalty(rates.temporal_penalty, following - now)
    return found


def penalty_terms(rates: Regularization, field: Padded, width: int) -> dict[str, int]:
    """Return how many terms each of `penalties` has, which is known before the layer has read anything.

    Args:
        rates: say which penalties there are.
        field: what is read, (B, T, ...).
        width: numbers in h.
    """
    rows, steps = field.values.shape[:2]
    places, started = field.real, rows * bool(steps) if field.lengths is None else int(np.count_nonzero(field.lengths))
    found = {}
    if rates.activation_penalty:
        found["activation"] = places * width
    if rates.temporal_penalty:
        found["temporal_activation"] = (places - started) * width
    return found


def _penalty(weight: float, x: Tensor) -> Penalty:
    return Penalty(weight, x.square().sum(), x.numel())
