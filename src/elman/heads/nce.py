"""Noise-contrastive estimation: telling the true next class from noise."""

import math

import numpy as np
from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.heads.base import Drawn, SampledHead


class NceHead(SampledHead):
    """Logistic regression between the target and k draws of noise.

        Δ_c = u_c - log Z - log(k q(c))
        loss = -log σ(Δ_t) - Σ_s log σ(-Δ_s)

    Draws that are the target stay: they are honest noise. log Z is fixed, so the logits learn to be nearly normalised.
    Even so every probability is normalised over all classes.

    Source: Gutmann & Hyvärinen (2010), AISTATS; Mnih & Teh (2012), A fast and simple algorithm for training neural
    probabilistic language models, ICML.
    """

    class Config(SampledHead.Config):
        """Options of noise-contrastive estimation."""

        exponent: float = Field(
            1.0, ge=0, le=1, description="α: 1 draws classes as often as they occur, 0 all equally often."
        )
        log_partition: float = Field(0.0, description="log Z, what the logits are normalised by in training.")

    @property
    def starting_bias(self) -> np.ndarray:
        """Where b starts, (V,): the logarithm of the frequencies, and log Z."""
        return super().starting_bias + self.config.log_partition

    def sampled(self, drawn: Drawn) -> Float[Tensor, " N"]:
        """Return the loss of each row."""
        shift = self.config.log_partition + math.log(drawn.draws.shape[1])
        target = drawn.target - shift - drawn.log_target
        draws = drawn.draws - shift - drawn.log_draws
        return functional.softplus(-target) + functional.softplus(draws).sum(1)
