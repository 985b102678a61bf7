"""Products of the Jacobians of a recurrence, step by step back in time, without underflow."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.inspection.reading import Layer

_SURE = 256
"""Numbers of a state up to which the norm of a matrix is computed from all its singular values."""
_EVERY, _CLOSE = 5, 1e-9


class Product(NamedTuple):
    """∂s_T/∂s_t for one t.

    Args:
        parts: ∂(rows of s_T)/∂(part of s_t) by part, (R, N), divided by e^`log_scale`.
        log_scale: what they were divided by, as a logarithm.
    """

    parts: dict[str, Tensor]
    log_scale: float

    def log_norm(self, names: Sequence[str] = (), rows: slice = slice(None)) -> float:
        """Return ln of the largest singular value of some parts, all if left out; -inf where it is 0."""
        matrix = torch.cat([self.parts[name][rows] for name in names or self.parts], 1)
        largest = spectral_norm(matrix)
        return math.log(largest) + self.log_scale if largest else -math.inf


def products(layer: Layer, last: int, wanted: Sequence[str]) -> Iterator[Product]:
    """Yield ∂s_T/∂s_t for t = T - 1, T - 2, .. in the time of the layer, down to the state before its first step.

        ∂s_T/∂s_t = J_T J_{T-1} .. J_{t+1},    J_t = ∂s_t/∂s_{t-1} with x_t as it was

    Args:
        layer: what it did.
        last: the place T, from 0.
        wanted: the parts of s_T that are the rows.
    """
    order = list(range(len(layer.inputs)))[:: -1 if layer.backwards else 1]
    states = layer.states()
    through = order[: order.index(last) + 1]
    befores = [layer.before, *(states[place] for place in through[:-1])]
    sizes = layer.cell.state_sizes
    count = sum(sizes[name] for name in wanted)
    kind, first, cotangents = layer.inputs.dtype, 0, {}
    for name, size in sizes.items():
        cotangents[name] = torch.zeros(count, 1, size, dtype=kind)
        if name in wanted:
            cotangents[name][first : first + size, 0] = torch.eye(size, dtype=kind)
            first += size
    log_scale = 0.0
    for place, before in zip(reversed(through), reversed(befores), strict=True):
        cotangents = pulled(layer, layer.inputs[place], before, cotangents)
        largest = max(float(one.abs().max()) for one in cotangents.values())
        if largest:
            cotangents = {name: one / largest for name, one in cotangents.items()}
            log_scale += math.log(largest)
        yield Product({name: one[:, 0] for name, one in cotangents.items()}, log_scale)


def spectral_norm(matrix: Tensor) -> float:
    """Return the largest singular value: exactly of small matrices, of large ones by Lanczos' method on AᵀA.

    All vectors are kept orthogonal. It stops where the residual of the pair is 1e-9 of its eigenvalue, whose own error
    is then of the order of that squared.

    Source: Golub & Van Loan (2013), Matrix computations, 4th edition, chapter 10.
    """
    if not matrix.numel():
        return 0.0
    if min(matrix.shape) <= _SURE:
        return float(torch.linalg.svdvals(matrix)[0])
    size = matrix.shape[1]
    vector = torch.randn(size, generator=torch.Generator().manual_seed(0), dtype=matrix.dtype)
    basis = matrix.new_zeros(size, size)
    diagonal, beside = matrix.new_zeros(size), matrix.new_zeros(size)
    vector = vector / vector.norm()
    for step in range(size):
        basis[step] = vector
        image = matrix.T @ (matrix @ vector)
        diagonal[step] = image @ vector
        known = basis[: step + 1]
        for _ in range(2):  # once leaves rounding errors that grow
            image = image - known.T @ (known @ image)
        beside[step] = image.norm()
        if step % _EVERY == _EVERY - 1 or step == size - 1 or beside[step] <= _CLOSE * diagonal[step]:
            off = beside[:step]
            small = torch.diag(diagonal[: step + 1]) + torch.diag(off, 1) + torch.diag(off, -1)
            values, vectors = torch.linalg.eigh(small)
            if beside[step] * vectors[-1, -1].abs() <= _CLOSE * values[-1]:
                break
        vector = image / beside[step]
    return float(values[-1].clamp(min=0).sqrt())


@torch.enable_grad()
def pulled(layer: Layer, x: Tensor, before: Any, cotangents: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return cotangents of the state before a step, (R, 1, N), given those of the state after it."""
    state = before.map(lambda one: one.detach().requires_grad_())
    values = layer.step.values(layer.step.project(x.detach()[None]), state)
    names = list(layer.cell.state_sizes)
    after = [values[name] for name in names]
    given = [cotangents[name] for name in names]
    found = torch.autograd.grad(after, list(state), given, is_grads_batched=True, allow_unused=True)
    return {
        name: torch.zeros_like(one) if grad is None else grad
        for name, one, grad in zip(names, given, found, strict=True)
    }
