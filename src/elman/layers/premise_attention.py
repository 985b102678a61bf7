"""Attention from one text to another: at its end, or at every word."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.cells.base import Memory, State, Step
from elman.layers.attention.additive import AdditiveScore
from elman.layers.attention.base import masked_softmax
from elman.layers.packing import Packing
from elman.layers.unroll import unroll


class Attended(NamedTuple):
    """What was read of the first text.

    Args:
        read: r, (B, H).
        weights: α, (B, T) over the places of the first text, or (B, U, T) for each place of the second.
    """

    read: Float[Tensor, "B H"]
    weights: Tensor


class PremiseAttention(Step, nn.Module):
    """Reads the outputs Y of a first text with the outputs h of a second; word by word it is a step, whose input is h.

        once           M = tanh(W_y Y + W_h h_U);  α = softmax(w · M);  r = Σ_t α_t Y_t
        word by word   M_u = tanh(W_y Y + W_h h_u + W_r r_{u-1});  α_u = softmax(w · M_u)
                       r_u = Σ_t α_ut Y_t + tanh(W_t r_{u-1});     r_0 = 0, and r = r_U

    Args:
        size: H.
        every_word: whether it has the weights that reading word by word needs.

    Source: Rocktäschel et al. (2016), Reasoning about entailment with neural attention, arXiv:1509.06664.
    """

    def __init__(self, size: int, every_word: bool = True) -> None:
        super().__init__()
        self.weight_y = nn.Parameter(torch.empty(size, size))
        self.weight_h = nn.Parameter(torch.empty(size, size))
        if every_word:
            self.weight_r = nn.Parameter(torch.empty(size, size))
            self.weight_t = nn.Parameter(torch.empty(size, size))
        self.score = nn.Parameter(torch.empty(size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(H) if left out."""
        limit = len(self.score) ** -0.5 if bound is None else bound
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-limit, limit, generator=generator)

    def once(self, outputs: Float[Tensor, "B T H"], mask: Bool[Tensor, "B T"], last: Float[Tensor, "B H"]) -> Attended:
        """Return what is read with the last output of the second text."""
        weights = self._weights(outputs @ self.weight_y.t(), last @ self.weight_h.t(), mask)
        return Attended((weights[..., None] * outputs).sum(1), weights)

    def by_word(
        self,
        outputs: Float[Tensor, "B T H"],
        mask: Bool[Tensor, "B T"],
        second: Float[Tensor, "B U H"],
        second_mask: Bool[Tensor, "B U"],
    ) -> Attended:
        """Return what is read at the last word of the second text, and the weights of each of its words."""
        packing = Packing(second.shape[0], second.shape[1], second_mask.sum(1))
        memory = _Premise(outputs @ self.weight_y.t(), outputs, mask, None)
        rows = packing.pack(second @ self.weight_h.t())
        made = unroll(self, rows, packing, self.initial_state(len(outputs), memory), memory, keep=self.traces)
        # Where no text has a word, no step was made that knows how wide its weights are.
        weights = torch.cat([outputs.new_zeros(0, outputs.shape[1]), *made.kept["weights"]])
        return Attended(made.state.read, packing.unpack(weights))

    output = "read"
    traces = ("weights",)

    @property
    def output_size(self) -> int:
        """H."""
        return len(self.score)

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> "_Reading":
        """Return r_0 = 0."""
        return _Reading(self.score.new_zeros(batch_size, self.output_size))

    def values(self, input_t: Float[Tensor, "B H"], state: Any, memory: Any = None) -> dict[str, Tensor]:
        """Return the weights at one word of the second text, and what is read there. `input_t` is W_h h_u."""
        memory = memory.spread()
        query = input_t + state.read @ self.weight_r.t()
        weights = self._weights(memory.keys, query, memory.mask)
        read = (weights[..., None] * memory.values).sum(1) + torch.tanh(state.read @ self.weight_t.t())
        return {"weights": weights, "read": read}

    def _weights(self, keys: Tensor, query: Tensor, mask: Tensor) -> Tensor:
        return masked_softmax(AdditiveScore.fit(query, keys, self.score), mask)


class _Reading(NamedTuple("_Reading", [("read", Tensor)]), State):
    """What was read so far."""

    __slots__ = ()


class _Premise(
    NamedTuple("_Premise", [("keys", Tensor), ("values", Tensor), ("mask", Tensor), ("rows", Tensor | None)]), Memory
):
    """The first text: W_y Y, Y, and which places are real."""

    __slots__ = ()
