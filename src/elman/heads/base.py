"""What a head promises."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


class LossSum(NamedTuple):
    """A loss as a sum and what it was summed over, so that parts of a batch can be added before they are divided."""

    nats: Float[Tensor, ""]
    targets: int


class Head(nn.Module, ABC):
    """Turns hidden states into a loss, log-probabilities, or the best answer. The loss lives here, never outside."""

    @abstractmethod
    def loss(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], mask: Bool[Tensor, "B T"] | None = None
    ) -> LossSum:
        """Return the negative log-likelihood of the real targets, summed, and how many they are."""

    @abstractmethod
    def nll(self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return the negative log-likelihood of each target in nats, without a gradient."""

    @abstractmethod
    def log_probs(self, hidden: Float[Tensor, "... H"]) -> Float[Tensor, "... V"]:
        """Return the log-probabilities (nats) of every answer."""

    @abstractmethod
    def best(self, hidden: Float[Tensor, "... H"]) -> Int[Tensor, "..."]:
        """Return the likeliest answer."""
