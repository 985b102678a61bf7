"""LSTM with layer normalization."""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, Drops, KeepingConfig, LSTMState


class LayerNormLSTMCell(Cell):
    """LSTM whose products and memory are normalized before they are squashed.

        LN(v) = (v - mean(v)) / √(var(v) + ε)          over the elements of one v
        z_i, z_f, z_g, z_o = α_ih ⊙ LN(W_ih x_t) + b_ih + α_hh ⊙ LN(W_hh h_{t-1}) + b_hh
        i, f, o = σ(z_i), σ(z_f), σ(z_o);    g = tanh(z_g)
        c_t = f ⊙ c_{t-1} + i ⊙ g
        h_t = o ⊙ tanh(α_c ⊙ LN(c_t) + β_c)

    Rows are i, f, g, o. The mean of a product is over all 4H of its elements. `gain_ih`, `gain_hh` (4H) are the α of
    the products, `gain_c`, `bias_c` (H) those of the memory.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h and c.
        config: `forget_bias`, `epsilon` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Ba, Kiros & Hinton (2016), Layer normalization, arXiv:1607.06450, supplement.
    """

    class Config(KeepingConfig):
        """Options of the layer-normed LSTM."""

        forget_bias: float = Field(1.0, description="b_ih + b_hh of the forget gate at the start.")
        epsilon: float = Field(1e-5, gt=0, description="ε, added to the variance.")

    gates = 4
    blocks = ("i", "f", "g", "o")
    state_type = LSTMState
    traces = ("i", "f", "o", "g", "c")
    opens = ("i", "f", "o")
    keeps = "f"
    gate_biases = {1: "forget_bias"}

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__(input_size, hidden_size, config)
        self.gain_ih = nn.Parameter(torch.empty(4 * hidden_size))
        self.gain_hh = nn.Parameter(torch.empty(4 * hidden_size))
        self.gain_c = nn.Parameter(torch.empty(hidden_size))
        self.bias_c = nn.Parameter(torch.empty(hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw as every cell does; gains are 1, the bias of the memory is 0, the forget bias is `forget_bias`."""
        super().reset_parameters(generator, bound)
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if name.startswith("gain"):
                    parameter.fill_(1.0)
                elif name == "bias_c":
                    parameter.zero_()

    def project(self, inputs: Float[Tensor, "... I"]) -> Float[Tensor, "... G"]:
        """Return α_ih ⊙ LN(W_ih x) + b_ih."""
        return self._norm(functional.linear(inputs, self.weight_ih), self.gain_ih, self.bias_ih)

    def values(
        self, input_t: Float[Tensor, "B G"], state: LSTMState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates i, f, o, the candidate g, then c and h, in this order."""
        product = functional.linear(drops.enter(state.h), self.weight_hh)
        z = input_t + self._norm(product, self.gain_hh, self.bias_hh)
        z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
        i, f, o = z_i.sigmoid(), z_f.sigmoid(), z_o.sigmoid()
        g = z_g.tanh()
        c = f * state.c + i * drops.write(g)
        h = o * self._norm(c, self.gain_c, self.bias_c).tanh()
        return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": h}

    def kernel(self) -> str:
        """Return the compiled code, which normalizes what the recurrence makes; `project` does the input's part."""
        return "layer_norm_lstm"

    def _norm(self, v: Tensor, gain: Tensor, bias: Tensor | None) -> Tensor:
        return functional.layer_norm(v, v.shape[-1:], gain, bias, self.config.epsilon)
