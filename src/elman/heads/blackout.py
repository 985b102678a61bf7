"""BlackOut: the sampled softmax that also learns what the draws are not."""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.heads.base import Drawn, SampledHead


class BlackoutHead(SampledHead):
    """A discriminative loss over the target and the draws, each weighted by how rarely it is drawn.

        p̃_c = exp(u_c) / q(c) / Σ_{c' in {t} and draws} exp(u_c') / q(c')
        loss = -log p̃_t - Σ_{s ≠ t} log(1 - p̃_s)

    A draw that is a row's own target is left out for that row.

    Source: Ji et al. (2015), BlackOut: speeding up recurrent neural network language models with very large
    vocabularies, arXiv:1511.06909.
    """

    class Config(SampledHead.Config):
        """Options of BlackOut."""

        exponent: float = Field(
            0.4, ge=0, le=1, description="α: 1 draws classes as often as they occur, 0 all equally often."
        )

    def sampled(self, drawn: Drawn) -> Float[Tensor, " N"]:
        """Return the loss of each row."""
        target = drawn.target - drawn.log_target
        others = (drawn.draws - drawn.log_draws).masked_fill(drawn.hits, -torch.inf)
        every = torch.cat([target[:, None], others], 1)
        log_sum = torch.logsumexp(every, 1)
        # 1 - p̃ of the largest draw is the sum of all others: as 1 - p̃ it would be 0 where the draw wins by far. Any
        # other draw has at most half of the sum.
        largest = others.argmax(1, keepdim=True)
        is_largest = torch.zeros_like(drawn.hits).scatter(1, largest, True)
        rest = torch.logsumexp(every.scatter(1, largest + 1, -torch.inf), 1)
        shares = torch.exp(others - log_sum[:, None]).masked_fill(is_largest, 0.0)
        return (log_sum - target) - torch.log1p(-shares).sum(1) - (rest - log_sum)
