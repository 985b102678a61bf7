"""Long short-term memory."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops, KeepingConfig, LSTMState


class LSTMCell(Cell):
    """Long short-term memory with a forget gate.

        z_i, z_f, z_g, z_o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        i, f, o = σ(z_i), σ(z_f), σ(z_o);    g = tanh(z_g)
        c_t = f ⊙ c_{t-1} + i ⊙ g
        h_t = o ⊙ tanh(c_t)

    Rows of the weights are i, f, g, o, as in torch.nn.LSTM, so state dicts are exchangeable.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h and c.
        config: `forget_bias` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Hochreiter & Schmidhuber (1997), Neural Computation 9(8); forget gate: Gers et al. (2000).
    """

    class Config(KeepingConfig):
        """Options of the LSTM."""

        forget_bias: float = Field(
            1.0, description="b_ih + b_hh of the forget gate at the start; 1 keeps memory early in training."
        )

    gates = 4
    blocks = ("i", "f", "g", "o")
    state_type = LSTMState
    traces = ("i", "f", "o", "g", "c")
    opens = ("i", "f", "o")
    keeps = "f"
    gate_biases = {1: "forget_bias"}

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates i, f, o, the candidate g, then c and h, in this order."""
        z = input_t + self.recurrent(drops.enter(state.h))
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
        i, f, o = z_i.sigmoid(), z_f.sigmoid(), z_o.sigmoid()
        g = z_g.tanh()
        c = f * state.c + i * drops.write(g)
        h = o * c.tanh()
        return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": h}

    def torch_operator(self) -> Callable[..., Any]:
        """Return torch's LSTM over whole sequences."""
        return torch.lstm

    def kernel(self) -> str:
        """Return the compiled code of this cell."""
        return "lstm"
