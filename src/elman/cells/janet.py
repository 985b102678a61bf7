"""LSTM with nothing but a forget gate (JANET)."""

from typing import Any

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState, KeepingConfig


class JANETCell(Cell):
    """Just another network: the forget gate alone, and the memory is the output.

        z_f, z_g = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        f = σ(z_f);    i = 1 - σ(z_f - β);    g = tanh(z_g)
        h_t = f ⊙ h_{t-1} + i ⊙ g

    Rows of the weights are f, g: half an LSTM. With β = 0 it writes what it forgets; with β > 0 it writes more.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `forget_bias`, `beta` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: van der Westhuizen & Lasenby (2018), The unreasonable effectiveness of the forget gate, arXiv:1804.04849.
    """

    class Config(KeepingConfig):
        """Options of JANET."""

        forget_bias: float = Field(1.0, description="b_ih + b_hh of the forget gate at the start.")
        beta: float = Field(1.0, description="β, how much more is written than forgotten.")

    gates = 2
    blocks = ("f", "g")
    state_type = HiddenState
    traces = ("f", "i", "g")
    opens = ("f", "i")
    keeps = "f"
    gate_biases = {0: "forget_bias"}

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates f, i, the candidate g, then h, in this order."""
        z_f, z_g = (input_t + self.recurrent(drops.enter(state.h))).chunk(2, dim=-1)
        f = z_f.sigmoid()
        i = 1 - (z_f - self.config.beta).sigmoid()
        g = z_g.tanh()
        h = f * state.h + i * drops.write(g)
        return {"f": f, "i": i, "g": g, "h": h}
