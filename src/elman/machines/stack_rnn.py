"""Stacks of single numbers, which a controller pushes to and pops from by degrees."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import State
from elman.machines.base import Machine

_EMPTY = -1.0
_ACTIONS = 3
_USUAL = 200


class StacksState(NamedTuple("StacksState", [("stacks", Tensor)]), State):
    """The stacks, (B, S, D), tops first."""

    __slots__ = ()


class StackRNN(Machine):
    """A controller with S stacks of numbers, whose tops it reads a step later.

        push, pop, noop = softmax(A h_t);    v = σ(D h_t)        of each stack
        s_t[0] = push v + pop s_{t-1}[1] + noop s_{t-1}[0]
        s_t[i] = push s_{t-1}[i-1] + pop s_{t-1}[i+1] + noop s_{t-1}[i]
        r_t = the upper cells of every stack;    y_t = h_t

    Empty cells are -1, and -1 comes in at the bottom. The paper's controller is σ(U x + P r), without a recurrence of
    its own, which it names as another option: here the controller is a cell.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I.
        config: the options.

    Source: Joulin & Mikolov (2015), Inferring algorithmic patterns with stack-augmented recurrent nets,
    arXiv:1503.01007.
    """

    class Config(Machine.Config):
        """Options of stacks of numbers."""

        stacks: int = Field(10, ge=1, le=1024, description="S, stacks.")
        depth: int = Field(0, ge=0, le=65536, description="D, cells of a stack; 0 is a cell a step.")
        tops: int = Field(2, ge=1, le=64, description="Cells of each stack that are read.")

    traces = ("push", "pop", "stacks")
    shown = {"push": "How much was pushed on each stack", "pop": "How much was popped from each stack"}
    shows_reads = False

    @property
    def said_size(self) -> int:
        """Three actions and a value of each stack."""
        return int(self.config.stacks) * (_ACTIONS + 1)

    @property
    def read_size(self) -> int:
        """The upper cells of all stacks."""
        return int(self.config.stacks * self.config.tops)

    def blank(self, like: Tensor, steps: int | None) -> StacksState:
        """Return empty stacks."""
        depth = max(self.config.depth or steps or _USUAL, self.config.tops)
        return StacksState(like.new_full((len(like), self.config.stacks, depth), _EMPTY))

    def first_read(self, like: Tensor, memory: StacksState) -> Tensor:
        """Return the tops of empty stacks."""
        return memory.stacks[..., : self.config.tops].flatten(1)

    def turned(self, memory: StacksState, said: Float[Tensor, "B _"]) -> dict[str, Any]:
        """Return the actions and the value of each stack, the stacks, and their tops."""
        actions, value = torch.split(said, [self.config.stacks * _ACTIONS, self.config.stacks], -1)
        push, pop, noop = actions.reshape(len(said), -1, _ACTIONS).softmax(-1).unbind(-1)
        value, before = value.sigmoid(), memory.stacks
        above = torch.cat([value[:, :, None], before[..., :-1]], -1)
        below = torch.cat([before[..., 1:], torch.full_like(before[..., :1], _EMPTY)], -1)
        stacks = push[..., None] * above + pop[..., None] * below + noop[..., None] * before
        found = {"push": push, "pop": pop, "noop": noop, "value": value, "stacks": stacks}
        return {**found, "r": stacks[..., : self.config.tops].flatten(1)}
