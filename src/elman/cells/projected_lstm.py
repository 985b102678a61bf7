"""Long short-term memory whose output is narrower than its memory."""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, Drops, KeepingConfig, LSTMState
from elman.errors import ConfigError


class ProjectedLSTMCell(Cell):
    """The LSTM with a projection inside its loop: a large memory, and small products.

        z_i, z_f, z_g, z_o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        i, f, o = σ(z_i), σ(z_f), σ(z_o);    g = tanh(z_g)
        c_t = f ⊙ c_{t-1} + i ⊙ g
        m_t = o ⊙ tanh(c_t)
        h_t = W_hr m_t

    c has H numbers and h has P. Parameters are those of torch.nn.LSTM with `proj_size`, so state dicts are
    exchangeable; there are no peepholes, and the projection has no bias.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of c.
        config: `projection` P, `forget_bias` and `bias`.

    Raises:
        ConfigError: a size below 1, or a projection that is not narrower than H.

    Source: Sak et al. (2014), Long short-term memory based recurrent neural network architectures for large
    vocabulary speech recognition, arXiv:1402.1128.
    """

    class Config(KeepingConfig):
        """Options of the projected LSTM."""

        projection: int = Field(0, ge=0, description="P, numbers of h; 0 is a quarter of H.")
        forget_bias: float = Field(
            1.0, description="b_ih + b_hh of the forget gate at the start; 1 keeps memory early in training."
        )

    gates = 4
    blocks = ("i", "f", "g", "o")
    state_type = LSTMState
    traces = ("i", "f", "o", "g", "c", "m")
    opens = ("i", "f", "o")
    keeps = "f"
    gate_biases = {1: "forget_bias"}

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__(input_size, hidden_size, config)
        width = self.config.projection or max(1, hidden_size // 4)
        if width >= hidden_size:
            raise ConfigError(
                f"model.cell_options.projection: got {width} for {hidden_size} units, expected fewer: h is what the "
                "memory is narrowed to. Take the cell lstm for as many."
            )
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, width))
        self.weight_hr = nn.Parameter(torch.empty(width, hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    def state_sizes(self) -> dict[str, int]:
        """P numbers of h, H of c."""
        return {"h": len(self.weight_hr), "c": self.hidden_size}

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates i, f, o, the candidate g, then c, m and h, in this order."""
        z = input_t + self.recurrent(drops.enter(state.h))
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
        i, f, o = z_i.sigmoid(), z_f.sigmoid(), z_o.sigmoid()
        g = z_g.tanh()
        c = f * state.c + i * drops.write(g)
        m = o * c.tanh()
        return {"i": i, "f": f, "o": o, "g": g, "c": c, "m": m, "h": functional.linear(m, self.weight_hr)}

    def kernel(self) -> str:
        """Return the compiled code of this cell."""
        return "projected_lstm"
