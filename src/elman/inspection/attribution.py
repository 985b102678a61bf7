"""What of an input a number hangs on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

_NODES = (16, 64, 256)
_CLOSE = 1e-3


class Integrated(NamedTuple):
    """Integrated gradients.

    Args:
        parts: of each number of the input, as the input.
        score: S(x).
        baseline: S(x').
        gap: how far their sum is from S(x) - S(x').
        nodes: at how many points the integral was computed.
    """

    parts: Tensor
    score: float
    baseline: float
    gap: float
    nodes: int


def integrated(score: Callable[[Tensor], Tensor], x: Tensor, baseline: Tensor, nodes: int = 0) -> Integrated:
    """Return integrated gradients of a number by Gauss-Legendre quadrature.

        (x - x') ⊙ ∫₀¹ ∂S(x' + α (x - x'))/∂x dα;    their sum is S(x) - S(x')

    Args:
        score: S of rows, (N, ...) -> (N,).
        x: the input, without rows.
        baseline: x', what stands for nothing.
        nodes: points of the integral; 0 takes 16, 64 or 256: more while the sum is off by over a thousandth.

    Source: Sundararajan et al. (2017), Axiomatic attribution for deep networks, arXiv:1703.01365.
    """
    if not nodes:
        for some in _NODES:
            found = integrated(score, x, baseline, some)
            if abs(found.gap) <= _CLOSE * max(1.0, abs(found.score - found.baseline)):
                break
        return found
    at, weights = np.polynomial.legendre.leggauss(nodes)
    alphas = x.new_tensor((at + 1) / 2).view(-1, *[1] * x.dim())
    path = (baseline + alphas * (x - baseline)).requires_grad_()
    with torch.enable_grad():
        total = score(path).sum()
        total = total if total.requires_grad else total + 0 * path.sum()  # a number may hang on nothing of x
        (gradients,) = torch.autograd.grad(total, path, allow_unused=True, materialize_grads=True)
    mean = (x.new_tensor(weights / 2).view(-1, *[1] * x.dim()) * gradients).sum(0)
    parts = (x - baseline) * mean
    with torch.no_grad():
        ends = score(torch.stack([x, baseline]))
    whole, nothing = float(ends[0]), float(ends[1])
    return Integrated(parts, whole, nothing, float(parts.sum()) - (whole - nothing), nodes)
