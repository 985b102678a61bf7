"""GRU with layer normalization."""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.cells.base import KEEP_ALL, Cell, Drops, HiddenState


class LayerNormGRUCell(Cell):
    """GRU whose products are normalized before they are squashed.

        LN(v) = (v - mean(v)) / √(var(v) + ε)          over the elements of one v
        r, z = σ(α_i ⊙ LN(W_i x_t) + b_i + α_h ⊙ LN(W_h h_{t-1}) + b_h)          over the 2H elements of both gates
        n = tanh(α_in ⊙ LN(W_in x_t) + b_in + r ⊙ (α_hn ⊙ LN(W_hn h_{t-1}) + b_hn))
        h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Rows are r, z, n; z = 1 keeps the old state, as in torch's GRU. Gates and candidate are normalized apart, as in the
    paper. `gain_ih`, `gain_hh` (3H) are the α.

    Args:
        input_size: I, features of one x_t.
        hidden_size: H, units of h.
        config: `epsilon` and `bias`.

    Raises:
        ConfigError: a size below 1.

    Source: Ba, Kiros & Hinton (2016), Layer normalization, arXiv:1607.06450, supplement.
    """

    class Config(Cell.Config):
        """Options of the layer-normed GRU."""

        epsilon: float = Field(1e-5, gt=0, description="ε, added to the variance.")

    gates = 3
    blocks = ("r", "z", "n")
    state_type = HiddenState
    traces = ("r", "z", "n")
    opens = ("r", "z")
    keeps = "z"

    def __init__(self, input_size: int, hidden_size: int, config: Config | None = None) -> None:
        super().__init__(input_size, hidden_size, config)
        self.gain_ih = nn.Parameter(torch.empty(3 * hidden_size))
        self.gain_hh = nn.Parameter(torch.empty(3 * hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw as every cell does; gains are 1."""
        super().reset_parameters(generator, bound)
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if name.startswith("gain"):
                    parameter.fill_(1.0)

    def project(self, inputs: Float[Tensor, "... I"]) -> Float[Tensor, "... G"]:
        """Return α ⊙ LN(W_ih x) + b_ih, gates and candidate apart."""
        return self._norm(functional.linear(inputs, self.weight_ih), self.gain_ih, self.bias_ih)

    def values(
        self, input_t: Float[Tensor, "B G"], state: HiddenState, memory: Any = None, drops: Drops = KEEP_ALL
    ) -> dict[str, Tensor]:
        """Return the gates r, z, the candidate n, then h, in this order."""
        product = functional.linear(drops.enter(state.h), self.weight_hh)
        h_r, h_z, h_n = self._norm(product, self.gain_hh, self.bias_hh).chunk(3, dim=-1)
        x_r, x_z, x_n = input_t.chunk(3, dim=-1)
        r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        n = (x_n + r * h_n).tanh()
        h = (1 - z) * drops.write(n) + z * state.h
        return {"r": r, "z": z, "n": n, "h": h}

    def _norm(self, product: Tensor, gain: Tensor, bias: Tensor | None) -> Tensor:
        size = 2 * self.hidden_size
        parts = [
            functional.layer_norm(product[..., rows], (width,), gain[rows], None, self.config.epsilon)
            for rows, width in ((slice(None, size), size), (slice(size, None), self.hidden_size))
        ]
        normed = torch.cat(parts, dim=-1)
        return normed if bias is None else normed + bias
