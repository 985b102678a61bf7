"""A simple recurrent network whose units see only themselves in time."""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState


class IndRNNCell(Cell):
    """Independently recurrent network: the recurrent matrix is a diagonal u.

        h_t = relu(W_ih x_t + b_ih + u ⊙ h_{t-1} + b_hh)

    Over T steps the gradient of a unit is multiplied by u^T, so |u| decides alone how far it reaches. `weight_hh` is
    u, (H,); it is drawn from U(0, 1) unless `recurrent_bound` says how far up. Units meet in the layer above.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `recurrent_bound` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Li et al. (2018), Independently recurrent neural network, arXiv:1803.04831.
    """

    class Config(Cell.Config):
        """Options of the independently recurrent network."""

        recurrent_bound: float = Field(1.0, gt=0, description="u is drawn from U(0, this); 2^(1/T) is the paper's.")

    gates = 1
    blocks = ("a",)
    state_type = HiddenState
    traces = ("a",)

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__(input_size, hidden_size, config)
        self.weight_hh = nn.Parameter(torch.empty(hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw as every cell does, and u from U(0, `recurrent_bound`)."""
        super().reset_parameters(generator, bound)
        with torch.no_grad():
            self.weight_hh.uniform_(0, self.config.recurrent_bound, generator=generator)

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return a, then h. Nothing is kept, so both masks act on h_{t-1} in the product."""
        a = input_t + self.weight_hh * drops.enter(drops.write(state.h))
        if self.bias_hh is not None:
            a = a + self.bias_hh
        h = a.relu()
        return {"a": a, "h": h}
