"""Quantiles of each number that is forecast, without a distribution."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base import NOTHING, RealHead, check_numbers


class QuantilesHead(RealHead):
    """Q quantiles for each number, which never cross: each is the one before and something above 0.

        f_1 = r_1;    f_j = f_{j-1} + softplus(r_j),    r = W h + b
        loss = 1/Q Σ_j max(q_j (y - f_j), (q_j - 1) (y - f_j))

    What a forecast is at one point is the median. The loss is of standardised numbers.

    Args:
        hidden_size: H.
        target: the numbers.
        config: which quantiles q.

    Source: Koenker & Bassett (1978), Regression quantiles, Econometrica 46; Wen et al. (2017), arXiv:1711.11053.
    """

    @property
    def raws(self) -> int:
        """One output a quantile."""
        return len(self.config.quantiles)

    def forecasts(self, rows: Float[Tensor, "... H"]) -> Float[Tensor, "... N Q"]:
        """Return f of hidden states in any shape."""
        raw = self.raw(rows)
        return torch.cat([raw[..., :1], functional.softplus(raw[..., 1:])], -1).cumsum(-1)

    def losses(self, rows: Float[Tensor, "M H"], target: Float[Tensor, "M N"]) -> Float[Tensor, "M N"]:
        """Return the pinball loss of each number, the mean over quantiles."""
        error = target[..., None] - self.forecasts(rows)
        share = torch.tensor(self.config.quantiles).to(error)
        return torch.maximum(share * error, (share - 1) * error).mean(-1)

    def quantiles(self, hidden: Padded) -> Float[Tensor, "B T N Q"]:
        """Return f."""
        return self.forecasts(hidden.values)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the medians."""
        median = self.config.quantiles.index(0.5)
        found = Padded(self.forecasts(hidden.values)[..., median], hidden.lengths)
        check_numbers(found)
        return found
