"""What heads over tokens promise that have one vector a class, a table of their own or that of an embedding."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base.head import (
    NOTHING,
    LinearHead,
    LossSum,
    TokenHead,
    counted,
    likeliest,
    padded_again,
    time_major,
)
from elman.layers.cross_entropy import cross_entropies, summed_cross_entropy
from elman.layers.ranking import Ranking, ranked


class TableHead(TokenHead, LinearHead):
    """A head with an output vector w_k for each class, the rows of W, and a bias.

    Tied, W is the table of the embedding (Press & Wolf, 2017, arXiv:1608.05859; Inan et al., 2017, arXiv:1611.01462).
    """

    _tied = False

    def tie(self, table: nn.Parameter) -> None:
        """Make the table W."""
        self.weight = table
        self._tied = True

    def drawn(self) -> dict[str, nn.Parameter]:
        """Return its parameters; a tied W belongs to the embedding."""
        return {name: one for name, one in super().drawn().items() if not (self._tied and name == "weight")}


class LinearTokenHead(TableHead):
    """log p(k) = logits_k - log Σ_j exp(logits_j),  logits = W h + b. How it learns is what its kinds differ in."""

    def normalised(self, hidden: Padded, target: Padded, weights: Padded | None, smoothing: float = 0.0) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are.

        Args:
            hidden: as for `loss`, like those that follow.
            target: the classes.
            weights: of the targets.
            smoothing: ε, the share of each target that is spread over all classes.
        """
        rows, wanted, factors = counted(hidden, target, weights)
        nats = summed_cross_entropy(rows, self.weight, self.bias, wanted, smoothing, factors)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows = time_major(hidden)
        return padded_again(cross_entropies(rows, self.weight, self.bias, target.t().flatten()), target)

    @property
    def linear(self) -> tuple[Tensor, Tensor] | None:
        """W and b."""
        return self.weight, self.bias

    def leading(self, rows: Float[Tensor, "B H"], k: int, end: int | None, given: Mapping[str, Any]) -> Ranking | None:
        """Return the k likeliest classes of each row but the end, and how likely that is; None if no code does."""
        return ranked(rows, self.weight, self.bias, k, end)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats."""
        return functional.log_softmax(self.logits(rows), dim=-1)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the class with the largest logit."""
        return likeliest(Padded(self.logits(hidden.values), hidden.lengths))

    def answers(self, hidden: Padded) -> tuple[Padded, Callable[[], Tensor]]:
        """Return the class with the largest logit, and what makes log p (nats) of every class of the same logits."""
        self.beside(NOTHING)  # whoever reads more does not answer by logits alone
        logits = self.logits(hidden.values)
        return likeliest(Padded(logits, hidden.lengths)), lambda: functional.log_softmax(logits, dim=-1)
