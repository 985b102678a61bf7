"""Machine: a controller that reads from, and writes to, a memory of its own."""

import copy
import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import torch
from pydantic import Field
from torch import Tensor, nn

from elman.cells.base import Cell, State, Step
from elman.config import Config
from elman.errors import ConfigError
from elman.moment import Noise

CLIP = 20.0
"""What a controller says to its memory is cut here before anything is made of it: e^20 is still a number."""


class MachineState(NamedTuple("MachineState", [("controller", State), ("memory", State), ("r", Tensor)]), State):
    """What a machine remembers: the state of its controller, its memory, and what it read of that last."""

    __slots__ = ()


class Machine(Step, nn.Module):
    """One step of a controller, a cell of any kind, and of the memory beside it.

        h_t = controller([x_t; r_{t-1}]);    said_t = max(-20, min(20, V h_t + b + σ ε_t))
        memory, r_t = turned(memory, said_t);    y_t = [h_t; r_t]

    What is said is cut at ±20: most of it goes through exp, and e^20 is still a number to compute with, while a sigmoid
    or a softmax is at its end long before. What is cut has no gradient.

    A subclass gives `turned`, the definition of the memory, `blank`, what it is before the first step, and how many
    numbers are said to it, and read from it. Everything that changes stands in the state.

    Noise, ε_t ~ N(0, 1) in training alone, makes it say clearly what it means: a number kept on a stack, or a push that
    is half one, is lost in it, and only what is 0 or 1 goes on to longer sequences. Source: Salakhutdinov & Hinton
    (2009), Semantic hashing, for codes.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I, numbers of an input.
        config: the options.

    Raises:
        ConfigError: noise, where nothing is said to a memory.
    """

    class Config(Config):
        """Options that every machine has."""

        noise: float = Field(0.0, ge=0, description="σ of what is added in training to all that is said to the memory.")

    output: ClassVar[str] = "y"
    shown: ClassVar[Mapping[str, str]] = {}
    """Letters of quantities from 0 to 1 over places, (B, N) or (B, R, N), with what a picture of them is called."""

    shows_reads: ClassVar[bool] = True
    """Whether what is read of the memory goes into the output by itself, and not only through the next step."""

    def __init__(self, controller: Callable[[int], Cell], input_size: int, config: Config | None = None) -> None:
        super().__init__()
        self.config: Any = config if config is not None else type(self).Config()
        self.controller: Cell = controller(input_size + self.read_size)
        hidden = self.controller.output_size
        self.speech: Any = nn.Linear(hidden, self.said_size) if self.said_size else None
        self._noise: Tensor | None = None
        if self.config.noise and self.speech is None:
            raise ConfigError(
                f"noise: got {self.config.noise:g}, but {type(self).__name__} says nothing to a memory. Leave it out."
            )
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    @abstractmethod
    def said_size(self) -> int:
        """How many numbers the controller says to the memory."""

    @property
    @abstractmethod
    def read_size(self) -> int:
        """How many numbers it reads from it."""

    @property
    def output_size(self) -> int:
        """H, and what is read if it goes out."""
        return self.controller.output_size + self.shows_reads * self.read_size

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw what is said to the memory from U(-bound, bound), 1/sqrt(H) if left out."""
        if self.speech is None:
            return
        bound = 1 / math.sqrt(self.controller.output_size) if bound is None else bound
        with torch.no_grad():
            for parameter in self.speech.parameters():
                parameter.uniform_(-bound, bound, generator=generator)

    @property
    def slots(self) -> int:
        """N, places of its memory; 0 where it has as many as there are steps, or none."""
        return int(getattr(self.config, "slots", 0))

    def resized(self, slots: int) -> "Machine":
        """Return the machine with another number of places, with the same weights: none of them hangs on it.

        Raises:
            ConfigError: it has no fixed number of places.
        """
        if not self.slots:
            raise ConfigError(
                f"slots: got {slots}, but the memory of {type(self).__name__} has no number of places. Leave it out."
            )
        other = copy.copy(self)
        other.config = type(self).Config(**{**self.config.model_dump(), "slots": slots})
        return other

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> MachineState:
        """Return the state before the first step: nothing written, nothing read."""
        like = self.controller.weight_hh.new_zeros(batch_size, 1)
        memory_0 = self.blank(like, steps)
        return MachineState(self.controller.initial_state(batch_size), memory_0, self.first_read(like, memory_0))

    def first_read(self, like: Tensor, memory: Any) -> Tensor:
        """Return r_0: zeros."""
        return like.expand(-1, self.read_size)

    def under(self, noise: Noise | None, packing: Any) -> "Machine":
        """Return the machine with the noise of all that is said in a batch drawn."""
        if noise is None or not self.config.noise:
            return self
        other, weight = copy.copy(self), self.speech.weight
        drawn = torch.empty(sum(packing.batch_sizes), self.said_size, dtype=weight.dtype, device=weight.device)
        other._noise = drawn.normal_(0, self.config.noise, generator=noise.generator(weight.device))
        return other

    def project(self, rows: Tensor) -> Any:
        """Return inputs, with the noise of their steps beside them where there is some."""
        return rows if self._noise is None else (rows, self._noise)

    def values(self, input_t: Any, state: MachineState, memory: Any = None) -> dict[str, Any]:
        """Return h of the controller, what is said to the memory, what becomes of it, what is read, and the output."""
        x, noise = input_t if isinstance(input_t, tuple) else (input_t, None)
        cell = self.controller
        h, controller = cell.recur(cell.project(torch.cat([x, state.r], -1)), state.controller)
        said = h.new_empty(len(h), 0) if self.speech is None else self.speech(h)
        said = (said if noise is None else said + noise).clamp(-CLIP, CLIP)
        found = self.turned(state.memory, said)
        y = torch.cat([h, found["r"]], -1) if self.shows_reads else h
        return {"h": h, **found, "controller": controller, "memory": state.memory.filled(found), "y": y}

    @abstractmethod
    def blank(self, like: Tensor, steps: int | None) -> State:
        """Return a memory nothing was written to.

        Args:
            like: (B, 1), a tensor of the type and on the device of the weights.
            steps: how many steps will be made at most.
        """

    @abstractmethod
    def turned(self, memory: Any, said: Tensor) -> dict[str, Any]:
        """Return every quantity of the memory in a step by its letter, `r` among them, what is read, (B, read_size).

        Args:
            memory: before the step.
            said: what the controller says, (B, said_size).
        """
