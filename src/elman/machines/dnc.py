"""The differentiable neural computer: a memory that knows what is in use, and what was written after what."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.cells.base import State
from elman.machines.base import Machine
from elman.machines.base.addressing import allocated, by_content, linked, used, written


class _Parts(NamedTuple):
    M: Tensor
    usage: Tensor
    write: Tensor
    read: Tensor
    precedence: Tensor
    links: Tensor


class DNCState(_Parts, State):
    """M (B, N, W), usage u, write w, precedence p (B, N), read (B, R, N), links L (B, N, N)."""

    __slots__ = ()


class DNC(Machine):
    """The differentiable neural computer: writes where it is free, reads by content or in the order of writing.

        said: R keys, R strengths, key, strength, erase, write vector, R free gates, allocation, write gate, R modes
        strength = 1 + softplus;    erase and gates = σ;    modes = softmax over backward, content, forward
        u = (u + w - u ⊙ w) ⊙ Π_r (1 - f_r w^r);    a = allocated(u)
        w' = g_w (g_a a + (1 - g_a) content(M, k));    M' = M ⊙ (1 - w' e) + w' v
        L'_ij = (1 - w'_i - w'_j) L_ij + w'_i p_j;    p' = (1 - Σ w') p + w'
        w^r' = π_1 L'ᵀ w^r + π_2 content(M', k^r) + π_3 L' w^r;    r = w^r' M'

    Everything starts at 0. It writes first, and reads what it wrote.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I.
        config: the options.

    Source: Graves et al. (2016), Hybrid computing using a neural network with dynamic external memory, Nature 538.
    """

    class Config(Machine.Config):
        """Options of the differentiable neural computer."""

        slots: int = Field(64, ge=2, le=4096, description="N, places of the memory; links take N x N a row.")
        slot_size: int = Field(16, ge=1, le=4096, description="W, numbers of a place.")
        read_heads: int = Field(1, ge=1, le=64, description="R, heads that read; one writes.")

    traces = ("read", "write", "usage", "r", "M")
    shown = {"write": "Where was written", "read": "Where was read", "usage": "What is in use"}

    @property
    def _said(self) -> list[int]:
        reads, width = self.config.read_heads, self.config.slot_size
        return [reads * width, reads, width, 1, width, width, reads, 1, 1, 3 * reads]

    @property
    def said_size(self) -> int:
        """W R + 3 W + 5 R + 3."""
        return sum(self._said)

    @property
    def read_size(self) -> int:
        """R x W."""
        return int(self.config.read_heads * self.config.slot_size)

    def blank(self, like: Tensor, steps: int | None) -> DNCState:
        """Return zeros."""
        batch, slots = len(like), self.config.slots
        memory, places = like.new_zeros(batch, slots, self.config.slot_size), like.new_zeros(batch, slots)
        reads = like.new_zeros(batch, self.config.read_heads, slots)
        return DNCState(memory, places, places, reads, places, like.new_zeros(batch, slots, slots))

    def turned(self, memory: DNCState, said: Float[Tensor, "B _"]) -> dict[str, Any]:
        """Return usage u, allocation a, where is written, the new M, links, precedence, where and what is read."""
        reads = self.config.read_heads
        keys, strengths, key, strength, erase, value, free, g_a, g_w, modes = torch.split(said, self._said, -1)
        keys, modes = keys.reshape(len(said), reads, -1), modes.reshape(len(said), reads, -1).softmax(-1)
        usage = used(memory.usage, memory.write, memory.read, free.sigmoid())
        allocation = allocated(usage)
        content = by_content(memory.M, key[:, None], 1 + functional.softplus(strength))[:, 0]
        g_a, g_w = g_a.sigmoid(), g_w.sigmoid()
        write = g_w * (g_a * allocation + (1 - g_a) * content)
        after = written(memory.M, write[:, None], erase.sigmoid()[:, None], value[:, None])
        links, precedence = linked(memory.links, memory.precedence, write)
        backward, forward = memory.read @ links, memory.read @ links.transpose(1, 2)
        looked = by_content(after, keys, 1 + functional.softplus(strengths))
        read = modes[..., :1] * backward + modes[..., 1:2] * looked + modes[..., 2:] * forward
        gates = {"free": free.sigmoid(), "g_a": g_a, "g_w": g_w, "modes": modes}
        places = {"usage": usage, "allocation": allocation, "write": write, "M": after, "links": links}
        return {**gates, **places, "precedence": precedence, "read": read, "r": (read @ after).flatten(1)}
