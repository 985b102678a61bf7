"""What a head over numbers promises."""

from abc import abstractmethod
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Ahead, Outline
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.base.head import NOTHING, Head, LossSum, counted, draw_uniform
from elman.moment import Moment


class RealHead(Head):
    """A head over numbers of the coming steps: where each may lie. It has no loss where a target is NaN.

        raw = W h + b, `raws` of them for each number

    Args:
        hidden_size: H.
        target: the N numbers, standardised, and the deviation of each in the units of the data.
        config: options of the head.
    """

    class Config(Head.Config):
        """Options of heads over numbers."""

        quantiles: list[float] = Field(
            [0.1, 0.5, 0.9], min_length=1, description="Which quantiles are forecast, in order; 0.5 is among them."
        )

        @field_validator("quantiles")
        @classmethod
        def _in_order(cls, quantiles: list[float]) -> list[float]:
            rising = all(one < other for one, other in pairwise(quantiles))
            if not rising or 0.5 not in quantiles or not 0 < quantiles[0] <= quantiles[-1] < 1:
                raise ValueError(
                    f"got {', '.join(f'{one:g}' for one in quantiles)}, expected numbers between 0 and 1 that rise, "
                    "with 0.5 among them."
                )
            return quantiles

    answers_are = "numbers"
    log_scale: Tensor

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        outputs = self.raws * self.num_classes
        self.weight = nn.Parameter(torch.empty(outputs, hidden_size))
        self.bias = nn.Parameter(torch.empty(outputs))
        if not isinstance(target, Ahead):
            raise ConfigError(
                f"model.head: {type(self).__name__} forecasts numbers, not {type(target).__name__.lower()}."
            )
        scale = torch.tensor(target.deviations, dtype=self.weight.dtype).log().repeat(target.steps)
        self.register_buffer("log_scale", scale, persistent=False)
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    @abstractmethod
    def raws(self) -> int:
        """How many outputs of the linear layer say where one number lies."""

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        draw_uniform(dict(self.named_parameters()), generator, self.hidden_size**-0.5 if bound is None else bound)

    def raw(self, rows: Float[Tensor, "... H"]) -> Float[Tensor, "... N R"]:
        """Return W h + b of hidden states in any shape."""
        return functional.linear(rows, self.weight, self.bias).view(*rows.shape[:-1], self.num_classes, self.raws)

    @abstractmethod
    def losses(self, rows: Float[Tensor, "M H"], target: Float[Tensor, "M N"]) -> Float[Tensor, "M N"]:
        """Return the loss of each number; all are there."""

    @abstractmethod
    def quantiles(self, hidden: Padded) -> Float[Tensor, "B T N Q"]:
        """Return the quantiles of each number that the configuration names, which never cross."""

    def nll(self, hidden: Padded, target: Padded) -> Float[Tensor, "B T"] | None:
        """Return -log p of the targets at each place in nats; None where there is no density."""
        return None

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the loss summed over the numbers that are there and the places that count, and how many these are."""
        rows, wanted, factors = counted(hidden, target, weights)
        each = self.masked(rows, wanted.to(rows.dtype))
        each = each if factors is None else each * factors
        return LossSum(each.sum(dtype=torch.float64).to(rows.dtype), len(rows))

    def masked(self, rows: Float[Tensor, "M H"], target: Float[Tensor, "M N"]) -> Float[Tensor, " M"]:
        """Return the loss of each place, summed over the numbers that are there."""
        there = ~target.isnan()
        losses = self.losses(rows, torch.where(there, target, 0.0))
        return torch.where(there, losses, 0.0).sum(-1)
