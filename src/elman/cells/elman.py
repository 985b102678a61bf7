"""The simple recurrent network."""

from collections.abc import Callable
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState


class ElmanCell(Cell):
    """Simple recurrent network: the state is the last output.

        a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        h_t = ρ(a_t)

    With ρ = tanh or relu it equals torch.nn.RNN. Weights have no gates: (H, I) and (H, H).

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `activation` ρ, and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Elman (1990), Finding structure in time, Cognitive Science 14(2).
    """

    class Config(Cell.Config):
        """Options of the simple recurrent network."""

        activation: Literal["tanh", "relu", "sigmoid", "identity"] = Field("tanh", description="ρ, applied to a_t.")

    gates = 1
    blocks = ("a",)
    state_type = HiddenState
    traces = ("a",)

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return a, then h. Nothing is kept, so both masks act on h_{t-1} in the product."""
        a = input_t + self.recurrent(drops.enter(drops.write(state.h)))
        h = _ACTIVATIONS[self.config.activation](a)
        return {"a": a, "h": h}

    def torch_operator(self) -> Callable[..., Any] | None:
        """Return torch's operator for tanh and relu."""
        return {"tanh": torch.rnn_tanh, "relu": torch.rnn_relu}.get(self.config.activation)

    def kernel(self) -> str:
        """Return the compiled code of this activation."""
        return str(self.config.activation)


_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": lambda a: a,
}
