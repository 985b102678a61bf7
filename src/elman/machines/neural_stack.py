"""A stack, or a queue, of vectors, of each of which a part may be there."""

from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import State
from elman.errors import ConfigError
from elman.machines.base import Machine

_POP_BIAS = -1.0
_USUAL = 256


class PileState(NamedTuple("PileState", [("strengths", Tensor), ("vectors", Tensor), ("place", Tensor)]), State):
    """How much of each vector is there (B, N), the vectors (B, N, W), and the place of the next, one-hot (B, N)."""

    __slots__ = ()


class NeuralStack(Machine):
    """A stack of vectors: at each step some is popped, a vector is pushed, and the top is read.

        d, u = σ;    v = tanh        of what is said
        s_t[i] = max(0, s_{t-1}[i] - max(0, u - Σ_{j>i} s_{t-1}[j]));    s_t[t] = d
        r_t = Σ_i min(s_t[i], max(0, 1 - Σ_{j>i} s_t[j])) v_i

    In a queue the sums run over j < i: what was pushed first is popped, and read. Memory grows by a vector a step.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I.
        config: the options.

    Source: Grefenstette et al. (2015), Learning to transduce with unbounded memory, arXiv:1506.02516.
    """

    class Config(Machine.Config):
        """Options of a stack of vectors."""

        slot_size: int = Field(16, ge=1, le=4096, description="W, numbers of a vector.")
        order: Literal["stack", "queue"] = Field(
            "stack", description="What is popped and read: the last, or the first."
        )

    traces = ("push", "pop", "strengths", "r")
    shown = {"strengths": "How much of each vector is there"}

    @property
    def said_size(self) -> int:
        """How much is pushed and popped, and what."""
        return int(self.config.slot_size) + 2

    @property
    def read_size(self) -> int:
        """W."""
        return int(self.config.slot_size)

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights; little is popped at the start: the bias of u is -1."""
        super().reset_parameters(generator, bound)
        with torch.no_grad():
            self.speech.bias[1] = _POP_BIAS

    def blank(self, like: Tensor, steps: int | None) -> PileState:
        """Return a stack with room for all steps, and nothing in it."""
        room = steps or _USUAL
        strengths = like.new_zeros(len(like), room)
        place = strengths.clone()
        place[:, 0] = 1
        return PileState(strengths, like.new_zeros(len(like), room, self.config.slot_size), place)

    def turned(self, memory: PileState, said: Float[Tensor, "B _"]) -> dict[str, Any]:
        """Return how much is pushed and popped, how much of each vector is there then, the vectors, and what is read.

        Raises:
            ConfigError: there is no room for another vector.
        """
        if not bool(memory.place.any(-1).all()):
            raise ConfigError(
                f"model.machine: neural_stack: got more than {memory.place.shape[1]} steps, expected at most as many "
                "as its state was made for. Give initial_state the number of steps."
            )
        push, pop = said[:, :1].sigmoid(), said[:, 1:2].sigmoid()
        value = said[:, 2:].tanh()
        before = memory.strengths
        left = (before - (pop - self._nearer(before)).clamp(min=0)).clamp(min=0)
        strengths = torch.where(memory.place > 0, push, left)
        vectors = memory.vectors + memory.place[:, :, None] * value[:, None]
        shares = torch.minimum(strengths, (1 - self._nearer(strengths)).clamp(min=0))
        place = torch.cat([torch.zeros_like(memory.place[:, :1]), memory.place[:, :-1]], -1)
        found = {"push": push, "pop": pop, "strengths": strengths, "vectors": vectors, "place": place}
        return {**found, "r": (shares[:, None] @ vectors)[:, 0]}

    def _nearer(self, strengths: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
        """Return how much is there of all that comes before each vector: what was pushed later, or earlier."""
        if self.config.order == "queue":
            return strengths.cumsum(-1) - strengths
        return strengths.flip(-1).cumsum(-1).flip(-1) - strengths
