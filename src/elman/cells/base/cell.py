"""Cell: a step of one layer, and the owner of its parameters."""

import copy
import math
from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.cells.base.overriding import is_own
from elman.cells.base.state import State
from elman.cells.base.step import Step
from elman.config import Config
from elman.errors import ConfigError


class Drops(NamedTuple):
    """The masks of one step of recurrent dropout, made so that their mean is 1; None drops nothing.

    Args:
        hidden: (B, O), multiplies h_{t-1} where it enters the recurrent product (Gal & Ghahramani, 2016,
            arXiv:1512.05287).
        candidate: (B, H), multiplies what the step writes into the state, never what it keeps (Semeniuta et al., 2016,
            arXiv:1603.05118).
    """

    hidden: Tensor | None = None
    candidate: Tensor | None = None

    def enter(self, h: Float[Tensor, "B O"]) -> Float[Tensor, "B O"]:
        """Return h_{t-1} as the recurrent product sees it."""
        return h if self.hidden is None else h * self.hidden

    def write(self, candidate: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
        """Return the candidate as it is written into the state."""
        return candidate if self.candidate is None else candidate * self.candidate


KEEP_ALL = Drops()


class Cell(Step, nn.Module):
    """One recurrence, and the owner of its parameters. It looks at no memory.

    A subclass gives `values`, `state_type`, and `gates`, how many blocks of H rows its weights have. Parameters have
    torch's names, shapes and order, so a state dict loads into torch.nn and back: weight_ih (G, I), weight_hh (G, H),
    bias_ih (G), bias_hh (G) with G = gates x H. A cell may replace weight_hh by what its recurrence has, as `indrnn`
    does by a vector, and then says so. `reset_parameters` gives a value to every parameter, those of torch's layers
    in it included: `initialize` refuses a network with one that nobody draws.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of a gate.
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
    blocks: ClassVar[tuple[str, ...]] = ()
    """The letters of what each block of H rows of its weights makes, in their order."""
    opens: ClassVar[tuple[str, ...]] = ()
    """The letters of its gates: what lies in (0, 1) and multiplies something else."""
    keeps: ClassVar[str] = ""
    """The share of the old state that a step keeps: the letter of a gate, `1 - ` before it where 1 forgets; or none."""

    watch: Callable[[Any, Tensor, Any], tuple[Tensor, Any]] | None = None
    """`(cell, x_t, state) -> output, state`: makes and sees each step of a cell in no stack; None where none does."""

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

    def __repr__(self) -> str:
        """Say name, sizes, options, and how many weights there are."""
        options = "".join(f", {name}={value!r}" for name, value in self.config.model_dump().items())
        weights = sum(parameter.numel() for parameter in self.parameters())
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size}{options}: {weights:,} weights)"

    @property
    def state_sizes(self) -> dict[str, int]:
        """The width of each part of the state: H, unless a cell says otherwise, as one with a projection does."""
        return dict.fromkeys(self.state_type._fields, self.hidden_size)  # type: ignore[attr-defined]

    @property
    def output_size(self) -> int:
        """The width of h."""
        return self.state_sizes[self.output]

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw every parameter from U(-bound, bound), 1/sqrt(H) if left out, as torch.nn does; then set `gate_biases`.

        With `chrono` = T_max, a gate that keeps starts at b = ln u, u ~ U(1, T_max - 1), so that its time scale
        1/(1-σ(b)) is 1 + u, and one that lets in at -b of the same u (Tallec & Ollivier, 2018, arXiv:1804.11188).

        What acts is b_ih + b_hh: b_ih is set to the value and b_hh to 0. Without biases there is nothing to set.
        """
        bound = 1 / math.sqrt(self.hidden_size) if bound is None else bound
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-bound, bound, generator=generator)
            if self.bias_ih is None or self.bias_hh is None:
                return
            for gate, option in self.gate_biases.items():
                self._start(gate, getattr(self.config, option))
            if longest := getattr(self.config, "chrono", 0):
                scales = torch.empty(self.hidden_size, dtype=torch.float64).uniform_(generator=generator)
                self._start_keeping(torch.log(1 + (longest - 2) * scales).to(self.bias_ih))

    def _start_keeping(self, biases: Tensor) -> None:
        """Let the gate that keeps start at biases, or their negatives where 1 forgets; what lets in at the others."""
        gate = self.keeps.removeprefix("1 - ")
        sign = 1 if gate == self.keeps else -1
        self._start(self.blocks.index(gate), sign * biases)
        if "i" in self.blocks:
            self._start(self.blocks.index("i"), -sign * biases)

    def _start(self, gate: int, bias: float | Tensor) -> None:
        """Let b_ih + b_hh of a gate start at a bias."""
        rows = slice(gate * self.hidden_size, (gate + 1) * self.hidden_size)
        self.bias_ih[rows] = bias  # type: ignore[index]
        self.bias_hh[rows] = 0.0  # type: ignore[index]

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> State:
        """Return the state before the first step: zeros, on the device and in the type of the weights."""
        parts: Any = self.state_type
        return parts._make(self.weight_hh.new_zeros(batch_size, self.state_sizes[name]) for name in parts._fields)

    def project(self, inputs: Float[Tensor, "... I"]) -> Float[Tensor, "... G"]:
        """Return W_ih x + b_ih, the part of the step that needs no state, for any number of steps at once."""
        return functional.linear(inputs, self.weight_ih, self.bias_ih)

    @abstractmethod
    def values(
        self, input_t: Float[Tensor, "B G"], state: Any, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return every quantity of one step by its letter, in the order in which they are computed.

        This is the definition of the cell. Those with the names of the state's parts become it, `h` is the output.
        `drops` says what recurrent dropout does in the step: `drops.enter` stands around h_{t-1} in the recurrent
        product, `drops.write` around what is written into the state.

        Args:
            input_t: `project(x_t)`.
            state: the state before.
            memory: is not looked at.
            drops: masks.
        """

    def with_weights(self, **weights: Tensor) -> "Cell":
        """Return the cell with other tensors in place of some of its parameters, by name; the rest is shared."""
        other = copy.copy(self)
        other._parameters = {name: value for name, value in self._parameters.items() if name not in weights}
        other.__dict__.update(weights)
        return other

    def recurrent(self, h: Float[Tensor, "B O"]) -> Float[Tensor, "B G"]:
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


class KeepingConfig(Cell.Config):
    """Options of cells with a gate that keeps what they remember."""

    chrono: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="T_max: time scales of memory start between 2 and T_max steps, in place of the bias; 0 leaves it.",
    )

    @field_validator("chrono")
    @classmethod
    def _two_or_more(cls, chrono: int) -> int:
        if chrono == 1:
            raise ValueError("got 1, expected 2 or more steps, or 0 for the usual bias")
        return chrono


@cache
def _names_its_own_step(kind: type[Cell], way: str) -> bool:
    return is_own(kind, way, ("values", "recur", "project", "recurrent"))
