"""A normal distribution for each number that is forecast."""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base import NOTHING, RealHead, check_numbers

_LEAST = 1e-3
_HALF_LOG_2_PI = 0.5 * math.log(2 * math.pi)


class GaussianHead(RealHead):
    """A mean and a deviation for each number; its loss is in nats of the data's own units.

        μ = W h + b;    σ = softplus(V h + c) + 0.001
        -log p(y) = log σ + ½ ((y - μ) / σ)² + ½ log 2π + log s

    where y is standardised by the deviation s of the training part: log s makes the density one of the data as they
    are. What a forecast is at one point is μ.

    Args:
        hidden_size: H.
        target: the numbers.
        config: which quantiles are told.

    Source: Nix & Weigend (1994), Estimating the mean and variance of the target probability distribution, ICNN;
    Salinas et al. (2020), arXiv:1704.04110, equation 3.
    """

    @property
    def raws(self) -> int:
        """Two, of μ and of σ."""
        return 2

    def spread(self, rows: Float[Tensor, "... H"]) -> tuple[Float[Tensor, "... N"], Float[Tensor, "... N"]]:
        """Return μ and σ of hidden states in any shape."""
        mean, raw = self.raw(rows).unbind(-1)
        return mean, functional.softplus(raw) + _LEAST

    def losses(self, rows: Float[Tensor, "M H"], target: Float[Tensor, "M N"]) -> Float[Tensor, "M N"]:
        """Return -log p of each number, in the units of the data."""
        mean, sigma = self.spread(rows)
        return sigma.log() + 0.5 * ((target - mean) / sigma) ** 2 + _HALF_LOG_2_PI + self.log_scale

    def nll(self, hidden: Padded, target: Padded) -> Float[Tensor, "B T"]:
        """Return -log p of the numbers that are there at each place, summed."""
        values = target.values.to(hidden.values.dtype)
        return self.masked(hidden.values.flatten(0, 1), values.flatten(0, 1)).view(values.shape[:2])

    def quantiles(self, hidden: Padded) -> Float[Tensor, "B T N Q"]:
        """Return μ + σ z_q, where z_q is that of the standard normal."""
        mean, sigma = self.spread(hidden.values)
        normal = torch.tensor([NormalDist().inv_cdf(one) for one in self.config.quantiles])
        return mean[..., None] + sigma[..., None] * normal.to(mean)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the means."""
        mean = Padded(self.spread(hidden.values)[0], hidden.lengths)
        check_numbers(mean)
        return mean
