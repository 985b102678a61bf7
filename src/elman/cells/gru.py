"""The gated recurrent unit."""

from collections.abc import Callable
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState, KeepingConfig


class GRUCell(Cell):
    """Gated recurrent unit, with torch's gate sign: z = 1 keeps the old state.

        r = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)
        z = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)
        n = φ(W_in x_t + b_in + r ⊙ (W_hn h_{t-1} + b_hn))           reset = "after" the product
        n = φ(W_in x_t + b_in + W_hn (r ⊙ h_{t-1}) + b_hn)           reset = "before" it
        h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Rows of the weights are r, z, n, as in torch.nn.GRU, which resets after the product and has φ = tanh. Textbooks
    reset before it, and many write u = 1 - z; weights of the two resets are not exchangeable. With φ = σ a state that
    starts in [0, 1] stays there.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `reset`, `candidate` φ and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Cho et al. (2014), arXiv:1406.1078 (v1 resets after, v3 before).
    """

    class Config(KeepingConfig):
        """Options of the GRU."""

        reset: Literal["after", "before"] = Field("after", description="Reset after the recurrent product, or before.")
        candidate: Literal["tanh", "sigmoid"] = Field("tanh", description="φ, which makes the candidate n.")

    gates = 3
    blocks = ("r", "z", "n")
    state_type = HiddenState
    traces = ("r", "z", "n")
    opens = ("r", "z")
    keeps = "z"

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates r, z, the candidate n, then h, in this order."""
        x_r, x_z, x_n = input_t.chunk(3, dim=-1)
        entering = drops.enter(state.h)
        if self.config.reset == "after":
            h_r, h_z, h_n = self.recurrent(entering).chunk(3, dim=-1)
            r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
            n = x_n + r * h_n
        else:
            size = 2 * self.hidden_size
            bias_rz, bias_n = (None, None) if self.bias_hh is None else (self.bias_hh[:size], self.bias_hh[size:])
            h_r, h_z = functional.linear(entering, self.weight_hh[:size], bias_rz).chunk(2, dim=-1)
            r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
            n = x_n + functional.linear(r * entering, self.weight_hh[size:], bias_n)
        n = n.tanh() if self.config.candidate == "tanh" else n.sigmoid()
        h = (1 - z) * drops.write(n) + z * state.h
        return {"r": r, "z": z, "n": n, "h": h}

    def torch_operator(self) -> Callable[..., Any] | None:
        """Return torch's GRU, which resets after the product and has tanh."""
        return torch.gru if self.kernel() == "gru" else None

    def kernel(self) -> str | None:
        """Return the compiled code of a GRU with tanh."""
        if self.config.candidate != "tanh":
            return None
        return "gru" if self.config.reset == "after" else "reset_before_gru"
