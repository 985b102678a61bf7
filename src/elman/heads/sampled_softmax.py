"""The sampled softmax: the target against drawn classes, each weighted by how rarely it is drawn."""

import torch
from jaxtyping import Float
from torch import Tensor

from elman.heads.base import Drawn, SampledHead


class SampledSoftmaxHead(SampledHead):
    """Importance sampling: a softmax over the target and the draws, corrected for how often each is drawn.

        u'_c = u_c - log q(c)
        loss = -log(exp(u'_t) / (exp(u'_t) + Σ_{s ≠ t} exp(u'_s)))

    A draw that is a row's own target is left out for that row. The expected count of c among the draws is k q(c); the k
    cancels. The gradient is biased, and the less so the more is drawn.

    Source: Bengio & Senécal (2003), Quick training of probabilistic neural nets by importance sampling, AISTATS; Jean
    et al. (2015), On using very large target vocabulary, arXiv:1412.2007.
    """

    def sampled(self, drawn: Drawn) -> Float[Tensor, " N"]:
        """Return the loss of each row."""
        target = drawn.target - drawn.log_target
        others = (drawn.draws - drawn.log_draws).masked_fill(drawn.hits, -torch.inf)
        return torch.logsumexp(torch.cat([target[:, None], others], 1), 1) - target
