"""What a score of attention promises, and the softmax over real places that every attention takes."""

from abc import ABC, abstractmethod
from functools import cache
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.cells.base.overriding import is_own


def masked_softmax(scores: Float[Tensor, "*B T"], mask: Bool[Tensor, "*B T"] | None = None) -> Float[Tensor, "*B T"]:
    """Return the softmax over the real places of each row; a row without one is all 0.

        α_j = exp(e_j) / Σ_k exp(e_k) over real j and k, else 0

    Args:
        scores: e, any number where nothing is real.
        mask: True = real; None when all are.
    """
    if mask is None:
        return torch.softmax(scores, -1)
    some = mask.any(-1, keepdim=True)
    # A row without a real place keeps its scores, so that no softmax is over nothing; then it is multiplied by 0.
    return torch.softmax(scores.masked_fill(~mask & some, -torch.inf), -1) * mask


def windowed(
    scores: Float[Tensor, "*B T"], away: Float[Tensor, "*B T"], width: int, mask: Bool[Tensor, "*B T"]
) -> Float[Tensor, "*B T"]:
    """Return the softmax over the real places of a window, less towards its ends and not normalised again.

        α_j = softmax(e)_j exp(-(j - p)² / (2 s²)) over |j - p| <= D, else 0,    s = D / 2

    Args:
        scores: e.
        away: j - p.
        width: D.
        mask: True = real.
    """
    near = masked_softmax(scores, mask & (away.abs() <= width))
    return near * torch.exp(-2 * (away / width) ** 2)


class Form(NamedTuple):
    """A score as compiled code knows it.

        e_j = vector · tanh(W q + k_j), or scale (W q) · k_j without a vector

    Args:
        weight_query: W, (K, Q); None where there is none.
        vector: (K,), or None.
        scale: a factor.
    """

    weight_query: Tensor | None = None
    vector: Tensor | None = None
    scale: float = 1.0


class Score(nn.Module, ABC):
    """How well each place of a memory fits a query: e_j = score(q, v_j).

    What needs no query is computed once for a sequence, by `keys`.

    Args:
        query_size: Q, numbers of a query.
        value_size: D, numbers of a place.
    """

    by_number: ClassVar[bool] = False
    """Whether scores go by the number of a place, and not by what stands there."""

    sums_to_one: ClassVar[bool] = True
    """Whether the weights that are made of scores are probabilities of places."""

    counts_steps: ClassVar[bool] = False
    """Whether it goes by the number of the step; then the last number of each key is that of the place less that, and a
    decoder runs within `elman.layers.counting.Counted`: without it nothing is read."""

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__()
        self.query_size = query_size
        self.value_size = value_size

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights, if there are some, from U(-bound, bound), what suits them if left out."""

    @abstractmethod
    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T K"]:
        """Return what the score takes of each place, for all queries."""

    @abstractmethod
    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T K"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T K"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each of several queries, which know nothing of each other."""
        return torch.stack([self(query, keys) for query in queries.unbind(1)], 1)

    def weigh(
        self,
        scores: Float[Tensor, "*B T"],
        queries: Float[Tensor, "*B Q"],
        keys: Float[Tensor, "B T K"],
        mask: Bool[Tensor, "*B T"],
    ) -> Float[Tensor, "*B T"]:
        """Return α of scores, those of one query of each row or of several: the softmax over real places."""
        return masked_softmax(scores, mask)

    def form(self) -> Form | None:
        """Return the score as compiled code knows it, if it does."""
        return None

    @property
    def has_form(self) -> bool:
        """Whether `form` was given for the score that is made: a subclass that redefines it inherits another's."""
        return _gives_its_own_form(type(self)) and self.form() is not None


@cache
def _gives_its_own_form(kind: type[Score]) -> bool:
    return is_own(kind, "form", ("forward", "every", "weigh"))
