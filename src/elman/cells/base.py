"""State, Step and Cell: what every recurrence of the package promises."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
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

    @staticmethod
    def join(states: Sequence[S]) -> S:
        """Return the rows of several states one after the other: what `select` took apart."""
        beside = zip(*(state.tensors() for state in states), strict=True)
        return states[0].map(lambda tensor: torch.cat(next(beside)))

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


class LSTMState(NamedTuple("LSTMState", [("h", Tensor), ("c", Tensor)]), State):
    """The state of a recurrence with a memory of its own: output h and memory cell c."""

    __slots__ = ()


class Drops(NamedTuple):
    """The masks of one step of recurrent dropout, (B, H) each, made so that their mean is 1; None drops nothing.

    Args:
        hidden: multiplies h_{t-1} where it enters the recurrent product (Gal & Ghahramani, 2016, arXiv:1512.05287).
        candidate: multiplies what the step writes into the state, never what it keeps (Semeniuta et al., 2016,
            arXiv:1603.05118).
    """

    hidden: Tensor | None = None
    candidate: Tensor | None = None

    def enter(self, h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
        """Return h_{t-1} as the recurrent product sees it."""
        return h if self.hidden is None else h * self.hidden

    def write(self, candidate: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
        """Return the candidate as it is written into the state."""
        return candidate if self.candidate is None else candidate * self.candidate


KEEP_ALL = Drops()


@runtime_checkable
class Step(Protocol):
    """One step of a recurrence: `(inputs_t, state) -> (output_t, state)`. A cell is one."""

    def __call__(self, inputs_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state."""


@runtime_checkable
class Recurrence(Protocol):
    """A step whose work on the input is apart from its work on the state, so that it runs over all steps at once."""

    def project(self, inputs: Tensor) -> Tensor:
        """Return the part of the step that needs no state, for any number of steps."""

    def recur(self, projected_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state of one step, given `project(x_t)`."""


class Cell(nn.Module, ABC):
    """One recurrence, and the owner of its parameters.

    A subclass gives `values`, `state_type`, and `gates`, how many blocks of H rows its weights have. Parameters have
    torch's names, shapes and order, so a state dict loads into torch.nn and back: weight_ih (G, I), weight_hh (G, H),
    bias_ih (G), bias_hh (G) with G = gates x H. A cell may replace weight_hh by what its recurrence has, as `indrnn`
    does by a vector, and then says so.

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
    state_type: ClassVar[type[State]]
    gate_biases: ClassVar[Mapping[int, str]] = {}
    """Gates whose b_ih + b_hh start at the value of an option, by their block of rows."""

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

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw every parameter from U(-bound, bound), 1/sqrt(H) if left out, as torch.nn does; then set `gate_biases`.

        What acts is b_ih + b_hh: b_ih is set to the value and b_hh to 0. Without biases there is nothing to set.
        """
        bound = 1 / math.sqrt(self.hidden_size) if bound is None else bound
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-bound, bound, generator=generator)
            if self.bias_ih is None or self.bias_hh is None:
                return
            for gate, option in self.gate_biases.items():
                rows = slice(gate * self.hidden_size, (gate + 1) * self.hidden_size)
                self.bias_ih[rows] = getattr(self.config, option)
                self.bias_hh[rows] = 0.0

    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first step: zeros, on the device and in the type of the weights."""
        parts: Any = self.state_type
        return parts(*(self.zeros(batch_size) for _ in parts._fields))

    def project(self, inputs: Float[Tensor, "... I"]) -> Float[Tensor, "... G"]:
        """Return W_ih x + b_ih, the part of the step that needs no state, for any number of steps at once."""
        return functional.linear(inputs, self.weight_ih, self.bias_ih)

    @abstractmethod
    def values(self, projected_t: Float[Tensor, "B G"], state: Any, drops: Drops = KEEP_ALL) -> dict[str, Tensor]:
        """Return every quantity of one step by its letter, in the order in which they are computed.

        This is the definition of the cell. Those with the names of the state's parts become it, `h` is the output.
        `drops` says what recurrent dropout does in the step: `drops.enter` stands around h_{t-1} in the recurrent
        product, `drops.write` around what is written into the state.

        Args:
            projected_t: `project(x_t)`.
            state: the state before.
            drops: masks.
        """

    def recur(
        self, projected_t: Float[Tensor, "B G"], state: Any, drops: Drops = KEEP_ALL
    ) -> tuple[Float[Tensor, "B H"], Any]:
        """Return output and state of one step, given `project(x_t)`."""
        values = self.values(projected_t, state, drops)
        return values["h"], state._make(values[name] for name in state._fields)

    def forward(self, inputs_t: Float[Tensor, "B I"], state: Any) -> tuple[Float[Tensor, "B H"], Any]:
        """Return output and state of one step."""
        return self.recur(self.project(inputs_t), state)

    def recurrent(self, h: Float[Tensor, "B H"]) -> Float[Tensor, "B G"]:
        """Return W_hh h + b_hh."""
        return functional.linear(h, self.weight_hh, self.bias_hh)

    def torch_operator(self) -> Callable[..., Any] | None:
        """Return torch's operator for whole sequences of exactly this recurrence, if it has one."""
        return None

    def kernel(self) -> str | None:
        """Return the name of the compiled code for whole sequences of exactly this recurrence, if there is some."""
        return None

    def is_of(self, way: str) -> bool:
        """Say whether `kernel` or `torch_operator` was named for the step that this cell makes.

        A subclass that redefines the step inherits what its parent named, which does not compute the new step.
        """
        return _names_its_own_step(type(self), way)

    def zeros(self, batch_size: int) -> Float[Tensor, "B H"]:
        """Return zeros for one part of a state."""
        return self.weight_hh.new_zeros(batch_size, self.hidden_size)


@cache
def _names_its_own_step(kind: type[Cell], way: str) -> bool:
    steps = ("values", "recur", "project", "recurrent")
    return all(issubclass(_definer(kind, way), _definer(kind, name)) for name in steps)


def _definer(kind: type[Cell], name: str) -> type:
    return next(parent for parent in kind.__mro__ if name in vars(parent))


def _as_column(mask: Tensor, like: Tensor) -> Tensor:
    return mask.view(-1, *[1] * (like.dim() - 1))
