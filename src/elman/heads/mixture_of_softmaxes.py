"""The mixture of softmaxes: several softmaxes over one table, weighed anew at each place."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum, TableHead, counted, padded_again, time_major
from elman.layers.mixed_softmaxes import mixture_nats, summed_mixture
from elman.moment import Moment


class MixtureOfSoftmaxesHead(TableHead):
    """K softmaxes, mixed as probabilities: their logits together can have a higher rank than one table allows.

        z_k = tanh(W_k h + c_k);    π = softmax(P h)
        log p(w) = log Σ_k π_k softmax(E z_k + b)_w

    Each z is dropped out with the probability `dropout`, one mask a row. Tied, E is the table of the embedding, and D
    its width. An update costs K softmaxes.

    Args:
        hidden_size: H.
        target: what is answered, V classes.
        config: `experts` K, `dropout`.

    Source: Yang et al. (2018), Breaking the softmax bottleneck, arXiv:1711.03953.
    """

    class Config(TableHead.Config):
        """Options of the mixture of softmaxes."""

        experts: int = Field(3, ge=1, le=1000, description="K, softmaxes that are mixed.")
        dropout: float = Field(0.0, ge=0, lt=1, description="Of what each softmax reads, in training.")

    def __init__(self, hidden_size: int, target: Outline, config: Config | None = None) -> None:
        super().__init__(hidden_size, target, config)
        experts = self.config.experts
        self.latent_weight = nn.Parameter(torch.empty(experts * hidden_size, hidden_size))
        self.latent_bias = nn.Parameter(torch.empty(experts * hidden_size))
        self.prior = nn.Parameter(torch.empty(experts, hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are."""
        rows, wanted, factors = counted(hidden, target, weights)
        latent, log_prior = self._experts(rows)
        if moment is not None and self.config.dropout:
            latent = latent * moment.noise.keep_mask(latent, 1.0 - self.config.dropout)
        return LossSum(summed_mixture(latent, log_prior, self.weight, self.bias, wanted, factors), len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        latent, log_prior = self._experts(time_major(hidden))
        return padded_again(mixture_nats(latent, log_prior, self.weight, self.bias, target.t().flatten()), target)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats."""
        latent, log_prior = self._experts(rows)
        each = functional.log_softmax(functional.linear(latent, self.weight, self.bias), dim=-1)
        return torch.logsumexp(log_prior[..., None] + each, dim=-2)

    def _experts(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return z of each softmax, (..., K, H), and log π, (..., K)."""
        latent = torch.tanh(functional.linear(rows, self.latent_weight, self.latent_bias))
        log_prior = functional.log_softmax(functional.linear(rows, self.prior), dim=-1)
        return latent.view(*rows.shape[:-1], self.config.experts, self.hidden_size), log_prior
