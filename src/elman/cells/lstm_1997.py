"""The LSTM of 1997, which cannot forget."""

from typing import Any

from jaxtyping import Float
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops, LSTMState


class LSTM1997Cell(Cell):
    """LSTM without a forget gate: the constant error carousel in its pure form.

        z_i, z_g, z_o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        i, o = σ(z_i), σ(z_o);    g = tanh(z_g)
        c_t = c_{t-1} + i ⊙ g                      so ∂c_t/∂c_{t-1} = 1 along the direct path
        h_t = o ⊙ tanh(c_t)

    Rows of the weights are i, g, o. The memory can only grow or be written against: on a stream without an end it
    saturates, which is why the forget gate came. The squashing functions are tanh here; the paper scales a sigmoid to
    (-2, 2) and (-1, 1).

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h and c.
        config: `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Hochreiter & Schmidhuber (1997), Long short-term memory, Neural Computation 9(8).
    """

    gates = 3
    blocks = ("i", "g", "o")
    state_type = LSTMState
    traces = ("i", "o", "g", "c")
    opens = ("i", "o")

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates i, o, the candidate g, then c and h, in this order."""
        z_i, z_g, z_o = (input_t + self.recurrent(drops.enter(state.h))).chunk(3, dim=-1)
        i, o = z_i.sigmoid(), z_o.sigmoid()
        g = z_g.tanh()
        c = state.c + i * drops.write(g)
        h = o * c.tanh()
        return {"i": i, "o": o, "g": g, "c": c, "h": h}
