"""How the input of a layer goes past it: plain, residual, dense, highway."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Kind = Literal["plain", "residual", "dense", "highway"]


class Connection(nn.Module):
    """Joins what goes into a layer, x, with what the layer makes of it, F(x).

        plain      F(x)
        residual   F(x) + x                              He et al. (2016), arXiv:1512.03385
        dense      [x; F(x)]                             Huang et al. (2017), arXiv:1608.06993
        highway    t ⊙ F(x) + (1 - t) ⊙ x,  t = σ(W x + b)   Srivastava et al. (2015), arXiv:1505.00387

    Where x and F(x) have different widths, residual and highway take A x for x, with a learned A. The gate's b is -2 at
    the start, so that a deep stack begins near the identity.

    Args:
        kind: which.
        input_size: width of x.
        output_size: width of F(x).
    """

    def __init__(self, kind: Kind, input_size: int, output_size: int) -> None:
        super().__init__()
        self.kind = kind
        self.size = input_size + output_size if kind == "dense" else output_size
        passing = kind in ("residual", "highway")
        self.adapter = nn.Linear(input_size, output_size, bias=False) if passing and input_size != output_size else None
        self.gate = nn.Linear(input_size, output_size) if kind == "highway" else None
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(inputs) if left out; the gate's bias is -2."""
        with torch.no_grad():
            for linear in (self.adapter, self.gate):
                if linear is not None:
                    limit = linear.in_features**-0.5 if bound is None else bound
                    linear.weight.uniform_(-limit, limit, generator=generator)
            if self.gate is not None:
                self.gate.bias.fill_(-2.0)

    def forward(self, x: Float[Tensor, "N I"], made: Float[Tensor, "N H"]) -> Float[Tensor, "N O"]:
        """Return x and F(x) joined."""
        if self.kind == "plain":
            return made
        if self.kind == "dense":
            return torch.cat([x, made], dim=-1)
        passed = x if self.adapter is None else self.adapter(x)
        if self.gate is None:
            return made + passed
        t = torch.sigmoid(self.gate(x))
        return t * made + (1 - t) * passed
