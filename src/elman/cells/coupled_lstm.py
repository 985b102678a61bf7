"""LSTM that writes exactly as much as it forgets (CIFG)."""

from typing import Any

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops, KeepingConfig, LSTMState


class CoupledLSTMCell(Cell):
    """LSTM with coupled input and forget gate: i = 1 - f.

        z_f, z_g, z_o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        f, o = σ(z_f), σ(z_o);    g = tanh(z_g)
        c_t = f ⊙ c_{t-1} + (1 - f) ⊙ g
        h_t = o ⊙ tanh(c_t)

    Rows of the weights are f, g, o: three quarters of an LSTM. |c| never exceeds 1 if it starts within 1.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h and c.
        config: `forget_bias` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Greff et al. (2017), LSTM: a search space odyssey, arXiv:1503.04069 (variant CIFG).
    """

    class Config(KeepingConfig):
        """Options of the coupled LSTM."""

        forget_bias: float = Field(1.0, description="b_ih + b_hh of the forget gate at the start.")

    gates = 3
    blocks = ("f", "g", "o")
    state_type = LSTMState
    traces = ("f", "o", "g", "c")
    opens = ("f", "o")
    keeps = "f"
    gate_biases = {0: "forget_bias"}

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates f, o, the candidate g, then c and h, in this order."""
        z_f, z_g, z_o = (input_t + self.recurrent(drops.enter(state.h))).chunk(3, dim=-1)
        f, o = z_f.sigmoid(), z_o.sigmoid()
        g = z_g.tanh()
        c = f * state.c + (1 - f) * drops.write(g)
        h = o * c.tanh()
        return {"f": f, "o": o, "g": g, "c": c, "h": h}

    def kernel(self) -> str:
        """Return the compiled code of this cell."""
        return "coupled_lstm"
