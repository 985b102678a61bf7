"""The minimal gated unit: one gate."""

from typing import Any

from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState, KeepingConfig


class MGUCell(Cell):
    """Minimal gated unit: a GRU whose one gate both resets and updates.

        f = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf)
        n = tanh(W_in x_t + b_in + W_hn (f ⊙ h_{t-1}) + b_hn)
        h_t = (1 - f) ⊙ h_{t-1} + f ⊙ n

    Rows of the weights are f, n: two thirds of a GRU. Here f = 0 keeps the old state, as in the paper.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `gate_bias` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Zhou et al. (2016), Minimal gated unit for recurrent neural networks, arXiv:1603.09420.
    """

    class Config(KeepingConfig):
        """Options of the minimal gated unit."""

        gate_bias: float = Field(0.0, description="b_ih + b_hh of the gate at the start; negative keeps more.")

    gates = 2
    blocks = ("f", "n")
    state_type = HiddenState
    traces = ("f", "n")
    opens = ("f",)
    keeps = "1 - f"
    gate_biases = {0: "gate_bias"}

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gate f, the candidate n, then h, in this order."""
        x_f, x_n = input_t.chunk(2, dim=-1)
        w_f, w_n = self.weight_hh.chunk(2)
        b_f, b_n = (None, None) if self.bias_hh is None else self.bias_hh.chunk(2)
        entering = drops.enter(state.h)
        f = (x_f + functional.linear(entering, w_f, b_f)).sigmoid()
        n = (x_n + functional.linear(f * entering, w_n, b_n)).tanh()
        h = (1 - f) * state.h + f * drops.write(n)
        return {"f": f, "n": n, "h": h}
