"""Coverage: how much each place of a source was looked at already, which the next look knows, and pays for."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.cells.base import Memory, State, Step
from elman.layers.penalties import Penalty
from elman.moment import Noise


class CoveredState(NamedTuple("CoveredState", [("decoder", Any), ("coverage", Tensor)]), State):
    """The state of a decoder, and how much each place was looked at in all, (B, T)."""

    __slots__ = ()


class Covered(Step):
    """A decoder whose attention knows where it looked before.

        e_ij = score(q_i, k_j + w C_ij);    C_ij = Σ_{i'<i} α_i'j

    k_j is what the score takes of place j: U v_j in the additive one, e_ij = v · tanh(W q_i + U v_j + w C_ij).

    Args:
        decoder: looks at a source.
        weight: w, (K,).

    Source: See et al. (2017), Get to the point: summarization with pointer-generator networks, arXiv:1704.04368.
    """

    output = "y"
    traces = ("weights", "coverage")

    def __init__(self, decoder: Any, weight: Tensor) -> None:
        self._decoder, self._weight = decoder, weight

    @property
    def output_size(self) -> int:
        """That of the decoder."""
        return int(self._decoder.output_size)

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> CoveredState:
        """Return the state of the decoder, and no coverage."""
        coverage = memory.values.new_zeros(batch_size, memory.values.shape[1])
        return CoveredState(self._decoder.initial_state(batch_size, memory, steps), coverage)

    def under(self, noise: Noise | None, packing: Any) -> "Covered":
        """Return it with the noise of the decoder drawn."""
        return Covered(self._decoder.under(noise, packing), self._weight)

    def project(self, rows: Any) -> Any:
        """Return what the decoder makes of inputs."""
        return self._decoder.project(rows)

    def values(self, input_t: Any, state: Any, memory: Memory | None = None) -> dict[str, Any]:
        """Return the quantities of the decoder, its state, and the coverage after the step."""
        source: Any = memory.spread() if memory is not None else None
        keys = source.keys + state.coverage[..., None] * self._weight
        values = self._decoder.values(input_t, state.decoder, source._replace(keys=keys))
        after = state.decoder.filled(values)
        return {**values, "decoder": after, "coverage": state.coverage + values["weights"]}


class Coverage(nn.Module):
    """What coverage learns: the weight of it in the score, 0 at the start, when it changes nothing.

    Args:
        size: K, numbers that the score takes of each place.
        penalty: λ.
    """

    def __init__(self, size: int, penalty: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))
        self._penalty = penalty

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Make the weight 0."""
        with torch.no_grad():
            self.weight.zero_()

    def over(self, decoder: Any) -> Covered:
        """Return the decoder with coverage."""
        return Covered(decoder, self.weight)

    @property
    def learned(self) -> bool:
        """Whether it changes anything."""
        return bool(self.weight.any())

    def penalty(self, weights: Float[Tensor, "B U T"], mask: Tensor, targets: int) -> Penalty:
        """Return what looking at the same places again costs.

            λ 1/U Σ_i Σ_j min(α_ij, C_ij)

        Args:
            weights: α, 0 in padding.
            mask: which places are real: of no account.
            targets: U, how many are real.
        """
        before = weights.cumsum(1) - weights
        return Penalty(self._penalty, torch.minimum(weights, before).sum(), targets)
