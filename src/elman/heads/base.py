"""What a head promises."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor, nn

from elman.config import Config


class LossSum(NamedTuple):
    """A loss as a sum and what it was summed over, so that parts of a batch can be added before they are divided.

    Args:
        nats: the sum.
        targets: how many real targets there were; weights of targets do not change it.
    """

    nats: Float[Tensor, ""]
    targets: int


class Head(nn.Module, ABC):
    """Turns hidden states into a loss, log-probabilities, or the best answer. The loss lives here, never outside.

    Args:
        hidden_size: H.
        num_classes: V.
        config: options of the head; its defaults if left out.
    """

    class Config(Config):
        """Options that every head has: none."""

    def __init__(self, hidden_size: int, num_classes: int, config: Config | None = None) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.num_classes = num_classes
        self.config: Any = config if config is not None else type(self).Config()

    @abstractmethod
    def loss(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], mask: Bool[Tensor, "B T"] | None = None
    ) -> LossSum:
        """Return the negative log-likelihood of the real targets, summed, and how many they are."""

    @abstractmethod
    def log_probs(
        self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None
    ) -> Float[Tensor, "... V"]:
        """Return the log-probabilities (nats) of every answer at each place."""

    @abstractmethod
    def best(self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None) -> Shaped[Tensor, "..."]:
        """Return the likeliest answer."""


class TokenHead(Head):
    """A head that gives one class to each place, whatever it gives to the others: it can predict the next token.

    What padding gets means nothing, so `log_probs` and `best` do not look at the mask.
    """

    @abstractmethod
    def tie(self, table: nn.Parameter) -> None:
        """Take the rows of an embedding (V, H) as output vectors, in place of weights of its own."""

    @abstractmethod
    def nll(self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return the negative log-likelihood of each target in nats, without a gradient."""


def real_rows(
    hidden: Float[Tensor, "B T H"], target: Shaped[Tensor, "B T ..."], mask: Bool[Tensor, "B T"] | None
) -> tuple[Float[Tensor, "N H"], Shaped[Tensor, "N ..."]]:
    """Return the hidden states and targets that count, one a row.

    Time-major, as the recurrent layers leave their outputs: then nothing is copied.
    """
    rows, wanted = hidden.transpose(0, 1), target.transpose(0, 1)
    if mask is None:
        return rows.flatten(0, 1), wanted.flatten(0, 1)
    real = mask.transpose(0, 1)
    return rows[real], wanted[real]


def padded_again(rows: Float[Tensor, " N"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
    """Undo `real_rows` without a mask, for one number a row."""
    return rows.view(target.shape[1], target.shape[0]).transpose(0, 1)


def draw_uniform(parameters: Mapping[str, nn.Parameter], generator: torch.Generator, bound: float) -> None:
    """Draw weights from U(-bound, bound); whatever is called a bias is 0."""
    with torch.no_grad():
        for name, parameter in parameters.items():
            if "bias" in name:
                parameter.zero_()
            else:
                parameter.uniform_(-bound, bound, generator=generator)
