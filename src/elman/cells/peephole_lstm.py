"""LSTM whose gates see the memory cell."""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from elman.cells.base import KEEP_ALL, Cell, Drops, KeepingConfig, LSTMState


class PeepholeLSTMCell(Cell):
    """LSTM with peepholes: diagonal connections from the memory cell to the gates.

        z_i, z_f, z_g, z_o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        i = σ(z_i + p_i ⊙ c_{t-1});    f = σ(z_f + p_f ⊙ c_{t-1});    g = tanh(z_g)
        c_t = f ⊙ c_{t-1} + i ⊙ g
        o = σ(z_o + p_o ⊙ c_t)
        h_t = o ⊙ tanh(c_t)

    Rows of the weights are i, f, g, o. `weight_ch` (3, H) holds p_i, p_f, p_o; where it is 0 this is the LSTM.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h and c.
        config: `forget_bias` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Gers, Schraudolph & Schmidhuber (2002), Learning precise timing with LSTM recurrent networks, JMLR 3.
    """

    class Config(KeepingConfig):
        """Options of the peephole LSTM."""

        forget_bias: float = Field(1.0, description="b_ih + b_hh of the forget gate at the start.")

    gates = 4
    blocks = ("i", "f", "g", "o")
    state_type = LSTMState
    traces = ("i", "f", "g", "c", "o")
    opens = ("i", "f", "o")
    keeps = "f"
    gate_biases = {1: "forget_bias"}

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__(input_size, hidden_size, config)
        self.weight_ch = nn.Parameter(torch.empty(3, hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates i, f, the candidate g, then c, the gate o and h, in this order."""
        p_i, p_f, p_o = self.weight_ch
        z_i, z_f, z_g, z_o = (input_t + self.recurrent(drops.enter(state.h))).chunk(4, dim=-1)
        i, f = (z_i + p_i * state.c).sigmoid(), (z_f + p_f * state.c).sigmoid()
        g = z_g.tanh()
        c = f * state.c + i * drops.write(g)
        o = (z_o + p_o * c).sigmoid()
        h = o * c.tanh()
        return {"i": i, "f": f, "g": g, "c": c, "o": o, "h": h}

    def kernel(self) -> str:
        """Return the compiled code of this cell."""
        return "peephole_lstm"
