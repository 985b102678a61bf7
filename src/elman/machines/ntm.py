"""The neural Turing machine: a memory whose places are found by content and by going on from the last ones."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.cells.base import LSTMState, State
from elman.layers import turing
from elman.machines.base import Machine
from elman.machines.base.addressing import by_content, sharpened, shifted, written
from elman.machines.base.machine import MachineState

_BLANK = 1e-6
_REACH = 1


class NTMState(NamedTuple("NTMState", [("M", Tensor), ("read", Tensor), ("write", Tensor)]), State):
    """The memory M, (B, N, W), and where its heads stand, (B, R, N) each."""

    __slots__ = ()


class NTM(Machine):
    """The neural Turing machine: heads that find places by content, or go on from where they were.

        k, a = tanh;    β = softplus;    g, e = σ;    s = softmax;    γ = 1 + softplus        of what is said, each head
        w^c = softmax_i(β cos(k, M_i));    w^g = g w^c + (1 - g) w_{t-1};    w̃_i = Σ_d s_d w^g_{i-d}
        w_i = (w̃_i + 1e-12)^γ / Σ_j (w̃_j + 1e-12)^γ
        r = Σ_i w_i M_i;    then M_i ← M_i ⊙ Π (1 - w_i e) + Σ w_i a

    All heads address M_{t-1}, reads are taken from it, and then all write heads erase, and add. The memory starts as
    1e-6 everywhere and all heads at place 0: no number of the machine hangs on N, which may be another when it is used.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I.
        config: the options.

    Source: Graves et al. (2014), Neural Turing machines, arXiv:1410.5401; the start of the memory is that of Collier &
    Beel (2018), arXiv:1807.08518.
    """

    class Config(Machine.Config):
        """Options of the neural Turing machine."""

        slots: int = Field(128, ge=2, le=65536, description="N, places of the memory.")
        slot_size: int = Field(20, ge=1, le=4096, description="W, numbers of a place.")
        read_heads: int = Field(1, ge=1, le=64, description="R, heads that read.")
        write_heads: int = Field(1, ge=1, le=64, description="Heads that write.")

    traces = ("read", "write", "r", "M")
    shown = {"write": "Where the heads that write stood", "read": "Where the heads that read stood"}

    @property
    def _said(self) -> list[int]:
        """How many numbers are said of each quantity: k, β, g, s, γ of all heads, e and a of those that write."""
        heads, width = self.config.read_heads + self.config.write_heads, self.config.slot_size
        writes = self.config.write_heads * width
        return [heads * width, heads, heads, heads * (2 * _REACH + 1), heads, writes, writes]

    @property
    def said_size(self) -> int:
        """How many numbers the heads are told."""
        return sum(self._said)

    @property
    def read_size(self) -> int:
        """R x W."""
        return int(self.config.read_heads * self.config.slot_size)

    def blank(self, like: Tensor, steps: int | None) -> NTMState:
        """Return a memory of 1e-6 everywhere, with all heads at place 0."""
        batch, config = len(like), self.config
        memory = like.new_full((batch, config.slots, config.slot_size), _BLANK)
        heads = like.new_zeros(batch, config.read_heads + config.write_heads, config.slots)
        heads[:, :, 0] = 1
        return NTMState(memory, heads[:, : config.read_heads], heads[:, config.read_heads :])

    def turned(self, memory: NTMState, said: Float[Tensor, "B _"]) -> dict[str, Any]:
        """Return k, β, g, s, γ of all heads, those that read first; where they stand; what is read; the new M."""
        reads, writes = self.config.read_heads, self.config.write_heads
        k, beta, g, s, gamma, e, a = torch.split(said, self._said, -1)
        k, s = (part.reshape(len(said), reads + writes, -1) for part in (k.tanh(), s))
        e, a = (part.reshape(len(said), writes, -1) for part in (e.sigmoid(), a.tanh()))
        beta, g, s, gamma = functional.softplus(beta), g.sigmoid(), s.softmax(-1), 1 + functional.softplus(gamma)
        content = by_content(memory.M, k, beta)
        gated = g[:, :, None] * content + (1 - g[:, :, None]) * torch.cat([memory.read, memory.write], 1)
        w = sharpened(shifted(gated, s), gamma)
        read, write = w[:, :reads], w[:, reads:]
        after = written(memory.M, write, e, a)
        quantities = {"k": k, "beta": beta, "g": g, "s": s, "gamma": gamma, "e": e, "a": a, "content": content}
        return {**quantities, "read": read, "write": write, "r": (read @ memory.M).flatten(1), "M": after}

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, MachineState] | None:
        """Return what compiled code makes of whole sequences, where the controller is an LSTM and there is no noise."""
        if backwards or self._noise is not None or not turing.computes(self.controller, rows, state):
            return None
        reads, slots, width = self.config.read_heads, state.memory.M.shape[1], self.read_size
        sizes = turing.Sizes(slots, reads, self.config.write_heads, packing.batch_sizes)
        made = turing.run(self.controller, self.speech, rows, sizes, packing.sort(state))
        r, h = torch.split(made.state, [width, self.controller.hidden_size], 1)
        heads = made.heads[..., :slots]
        after = NTMState(made.memory[..., :slots].transpose(1, 2), heads[:, :reads], heads[:, reads:])
        last = MachineState(LSTMState(h, made.c), after, r)
        return made.output.roll(-width, 1), packing.restore(last)
