"""From the end of what was read to the beginning of what is written."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.cells.base import Cell, State
from elman.errors import ConfigError
from elman.layers.products import linear


class Bridge(nn.Module):
    """The first state of a layer that writes.

        zero        s_0 = 0
        last        h_0 = end,    c_0 = 0
        projected   s_0 = tanh(W end + b), weights of their own for each part of the state

    Args:
        kind: which.
        size: D, numbers of the end.
        cell: of the layer.

    Raises:
        ConfigError: `last`, and a state that is not as wide as the end.
    """

    def __init__(self, kind: Literal["zero", "last", "projected"], size: int, cell: Cell) -> None:
        super().__init__()
        self._kind, self._output = kind, cell.output
        if kind == "last" and cell.output_size != size:
            raise ConfigError(
                f"model.bridge: last needs a decoder of {size} units, as wide as what the encoder gives: got "
                f"{cell.output_size}. Take projected, or another hidden_size."
            )
        sizes = cell.state_sizes if kind == "projected" else {}
        self.weights = nn.ParameterDict({name: nn.Parameter(torch.empty(width, size)) for name, width in sizes.items()})
        self.biases = nn.ParameterDict({name: nn.Parameter(torch.empty(width)) for name, width in sizes.items()})
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(D) if left out; biases are 0."""
        with torch.no_grad():
            for weight in self.weights.values():
                limit = weight.shape[1] ** -0.5 if bound is None else bound
                weight.uniform_(-limit, limit, generator=generator)
            for bias in self.biases.values():
                bias.zero_()

    def forward(self, zero: State, end: Float[Tensor, "B D"]) -> State:
        """Return the first state, given one of zeros."""
        if self._kind == "zero":
            return zero
        if self._kind == "last":
            return zero._replace(**{self._output: end})  # type: ignore[attr-defined]
        made = {name: torch.tanh(linear(end, weight, self.biases[name])) for name, weight in self.weights.items()}
        return zero.filled(made)
