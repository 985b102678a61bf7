"""State, Step and Cell: what every recurrence of the package promises."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.config import Config
from elman.errors import ConfigError

S = TypeVar("S", bound="State")


class State:
    """What a recurrence remembers: a tuple of (B, ...) tensors, or of such states.

    A value: methods return new states and change nothing. Mixed into a NamedTuple (named first), which names the parts.
    """

    __slots__ = ()

    def map(self: S, function: Callable[[Tensor], Tensor]) -> S:
        """Return the state with a function applied to each tensor."""
        parts: Any = self
        return parts._make(part.map(function) if isinstance(part, State) else function(part) for part in parts)

    def select(self: S, rows: Int[Tensor, " N"]) -> S:
        """Return the state of some rows, in that order; beam search uses it."""
        return self.map(lambda tensor: tensor[rows])

    def where(self: S, mask: Bool[Tensor, " B"], other: S) -> S:
        """Return this state in the rows where the mask is True, and `other` elsewhere."""
        others = iter(list(other.tensors()))
        return self.map(lambda tensor: torch.where(_as_column(mask, tensor), tensor, next(others)))

    def detach(self: S) -> S:
        """Return the state without its history: truncated backpropagation cuts the gradient here."""
        return self.map(Tensor.detach)

    def tensors(self) -> Iterator[Tensor]:
        """Yield the tensors of the state, depth first, in order."""
        parts: Any = self
        for part in parts:
            if isinstance(part, State):
                yield from part.tensors()
            else:
                yield part


class HiddenState(NamedTuple("HiddenState", [("h", Tensor)]), State):
    """The state of a recurrence that remembers its last output only."""

    __slots__ = ()


@runtime_checkable
class Step(Protocol):
    """One step of a recurrence: `(inputs_t, state) -> (output_t, state)`. A cell is one."""

    def __call__(self, inputs_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state."""


class Cell(nn.Module, ABC):
    """One recurrence, and the owner of its parameters.

    A subclass gives `recur`, `initial_state`, and how many blocks of H rows its weights have (`gates`). Parameters have
    torch's names, shapes and order, so a state dict loads into torch.nn and back:
    weight_ih (G, I), weight_hh (G, H), bias_ih (G), bias_hh (G) with G = gates x H.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of the output.
        config: options of the cell; its defaults if left out.

    Raises:
        ConfigError: a size below 1.
    """

    class Config(Config):
        """Options that every cell has."""

        bias: bool = Field(True, description="Whether there are biases, two as in torch.")

    gates: ClassVar[int]

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__()
        for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
            if size < 1:
                raise ConfigError(f"{type(self).__name__}: {name}: got {size}, expected at least 1.")
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.config: Any = config if config is not None else type(self).Config()
        rows = self.gates * hidden_size
        self.weight_ih = nn.Parameter(torch.empty(rows, input_size))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(rows)) if self.config.bias else None
        self.bias_hh = nn.Parameter(torch.empty(rows)) if self.config.bias else None
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator) -> None:
        """Draw every parameter from U(-1/sqrt(H), 1/sqrt(H)), as torch.nn does."""
        bound = 1 / math.sqrt(self.hidden_size)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-bound, bound, generator=generator)

    @abstractmethod
    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first step: zeros, on the device and in the type of the weights."""

    def project(self, inputs: Float[Tensor, "... I"]) -> Float[Tensor, "... G"]:
        """Return W_ih x + b_ih, the part of the step that needs no state, for any number of steps at once."""
        return functional.linear(inputs, self.weight_ih, self.bias_ih)

    @abstractmethod
    def recur(self, projected_t: Float[Tensor, "B G"], state: Any) -> tuple[Float[Tensor, "B H"], Any]:
        """Return output and state of one step, given `project(x_t)`. This is the definition of the cell."""

    def forward(self, inputs_t: Float[Tensor, "B I"], state: Any) -> tuple[Float[Tensor, "B H"], Any]:
        """Return output and state of one step."""
        return self.recur(self.project(inputs_t), state)

    def torch_operator(self) -> Callable[..., Any] | None:
        """Return torch's operator for whole sequences of exactly this recurrence, if it has one."""
        return None

    def zeros(self, batch_size: int) -> Float[Tensor, "B H"]:
        """Return zeros for one part of a state."""
        return self.weight_hh.new_zeros(batch_size, self.hidden_size)


def _as_column(mask: Tensor, like: Tensor) -> Tensor:
    return mask.view(-1, *[1] * (like.dim() - 1))
