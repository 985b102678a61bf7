"""How places of a memory are found: by what stands there, by where it stands, by whether it is free, by what followed.

All are functions of batches: B rows, N places of W numbers, R heads. None of them gives a NaN or a gradient that is one
from a memory, a key or weights of zeros.
"""

import torch
from jaxtyping import Float
from torch import Tensor

TINY = 1e-12
"""Added to weights before their logarithm, which has no gradient at 0."""

_NORM = 1e-16
_QUOTIENT = 1e-8


def similar(memory: Float[Tensor, "B N W"], keys: Float[Tensor, "B R W"]) -> Float[Tensor, "B R N"]:
    """Return how alike each key and each place are: cos = k·M_i / (|k| |M_i| + 1e-8), 0 where one of them is 0.

    |v| = sqrt(Σ v² + 1e-16), whose gradient at 0 is 0 and not NaN.
    """
    products = keys @ memory.transpose(1, 2)
    return products / (_norm(keys)[:, :, None] * _norm(memory)[:, None] + _QUOTIENT)


def by_content(
    memory: Float[Tensor, "B N W"], keys: Float[Tensor, "B R W"], strengths: Float[Tensor, "B R"]
) -> Float[Tensor, "B R N"]:
    """Return weights of places by what stands there: w = softmax_i(β cos(k, M_i))."""
    return (strengths[:, :, None] * similar(memory, keys)).softmax(-1)


def shifted(weights: Float[Tensor, "B R N"], shifts: Float[Tensor, "B R S"]) -> Float[Tensor, "B R N"]:
    """Return weights moved along the memory, which is a ring: w̃_i = Σ_d s_d w_{(i - d) mod N}.

    Args:
        weights: w.
        shifts: s, how much goes d = -(S - 1)/2 .. (S - 1)/2 places on, in this order: s_{+1} moves from i to i + 1.
    """
    reach = shifts.shape[-1] // 2
    return torch.stack([shifts[..., reach + by, None] * weights.roll(by, -1) for by in range(-reach, reach + 1)]).sum(0)


def sharpened(weights: Float[Tensor, "B R N"], powers: Float[Tensor, "B R"]) -> Float[Tensor, "B R N"]:
    """Return weights made sharper, and of sum 1: w_i = (w̃_i + 1e-12)^γ / Σ_j (w̃_j + 1e-12)^γ."""
    return (powers[:, :, None] * (weights + TINY).log()).softmax(-1)


def written(
    memory: Float[Tensor, "B N W"],
    weights: Float[Tensor, "B R N"],
    erase: Float[Tensor, "B R W"],
    add: Float[Tensor, "B R W"],
) -> Float[Tensor, "B N W"]:
    """Return the memory after all heads have erased, and then all have added.

    M'_i = M_i ⊙ Π_r (1 - w_ri e_r) + Σ_r w_ri a_r
    """
    for head in range(weights.shape[1]):
        memory = memory * (1 - weights[:, head, :, None] * erase[:, head, None])
    return memory + weights.transpose(1, 2) @ add


def used(
    usage: Float[Tensor, "B N"],
    write: Float[Tensor, "B N"],
    reads: Float[Tensor, "B R N"],
    free: Float[Tensor, "B R"],
) -> Float[Tensor, "B N"]:
    """Return how much each place is in use: what was, and what was written, less what was read and given up.

        ψ = Π_r (1 - f_r w^r);    u' = (u + w - u ⊙ w) ⊙ ψ

    No gradient goes into the weights of writing (Graves et al., 2016, and their code).

    Args:
        usage: u.
        write: w, of the step before.
        reads: w^r, of the step before.
        free: f, how much each head gives up.
    """
    write = write.detach()
    kept = (1 - free[:, :, None] * reads).prod(1)
    return ((usage + write - usage * write) * kept).clamp(0, 1)


def allocated(usage: Float[Tensor, "B N"]) -> Float[Tensor, "B N"]:
    """Return weights of the places that are free, the least used first: a_{φ_j} = (1 - u_{φ_j}) Π_{i<j} u_{φ_i}.

    φ sorts usage, of equal ones the first first, so that a memory that is free all over is written from its beginning.
    """
    ascending, order = usage.sort(dim=-1, stable=True)
    before = torch.cat([torch.ones_like(ascending[:, :1]), ascending[:, :-1]], -1).cumprod(-1)
    return torch.zeros_like(usage).scatter(-1, order, (1 - ascending) * before)


def linked(
    links: Float[Tensor, "B N N"], precedence: Float[Tensor, "B N"], write: Float[Tensor, "B N"]
) -> tuple[Float[Tensor, "B N N"], Float[Tensor, "B N"]]:
    """Return which place was written after which, and how much each was written last.

        L'_ij = (1 - w_i - w_j) L_ij + w_i p_j,    L'_ii = 0;    p' = (1 - Σ w) p + w

    Args:
        links: L, from column to row.
        precedence: p, of the step before.
        write: w, of this step.
    """
    row, column = write[:, :, None], write[:, None]
    after = (1 - row - column) * links + row * precedence[:, None]
    after = after * (1 - torch.eye(links.shape[-1], dtype=links.dtype, device=links.device))
    return after, (1 - write.sum(-1, keepdim=True)) * precedence + write


def _norm(vectors: Tensor) -> Tensor:
    return (vectors.square().sum(-1) + _NORM).sqrt()
