"""Doubly stochastic attention: weights sum to 1 over places, and should do so over tokens, too."""

from jaxtyping import Bool, Float
from torch import Tensor

from elman.layers.penalties import Penalty


class DoublyStochastic:
    """What it costs that a place is not looked at once, by all tokens of a target together.

        λ 1/U Σ_j (1 - Σ_i α_ij)²    over the real places j of all sources of a batch, U tokens in all

    Args:
        penalty: λ.

    Source: Xu et al. (2015), Show, attend and tell: neural image caption generation with visual attention,
    arXiv:1502.03044, section 4.2.1.
    """

    def __init__(self, penalty: float) -> None:
        self._penalty = penalty

    def penalty(self, weights: Float[Tensor, "B U T"], mask: Bool[Tensor, "B T"], targets: int) -> Penalty:
        """Return it.

        Args:
            weights: α, 0 in padding.
            mask: which places are real.
            targets: U, how many tokens are real.
        """
        missing = (1 - weights.sum(1)).masked_fill(~mask, 0.0)
        return Penalty(self._penalty, missing.square().sum(), targets)
