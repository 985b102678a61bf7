"""Linear chains: log partition functions, marginals and best paths, in torch and in compiled code.

With emissions e_t, transitions A, starts s and ends z, a path y of n tags has

    score(y) = s(y_1) + Σ_t e_t(y_t) + Σ_t A(y_{t-1}, y_t) + z(y_n)

The functions of padded sentences, (B, T, K) with a mask that is True for real tokens, are the definition; any torch
transformation works on them. Those of rows, (N, K) with all sentences one behind the other, go to compiled code where
there is some. A sentence without tokens has one path, with score 0. A score of -inf forbids.
"""

import math
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.autograd import forward_ad

from elman.layers.compiled import takes
from elman.layers.once import once
from elman.native import crf


class Chain(NamedTuple):
    """The scores that do not depend on the tokens.

    Args:
        transitions: A, from a tag to the next.
        starts: s, of the first tag.
        ends: z, of the last tag.
    """

    transitions: Float[Tensor, "K K"]
    starts: Float[Tensor, " K"]
    ends: Float[Tensor, " K"]


def log_partitions(emissions: Float[Tensor, "B T K"], mask: Bool[Tensor, "B T"], chain: Chain) -> Float[Tensor, " B"]:
    """Return log Z = log Σ_y exp score(y) of each sentence."""
    if emissions.shape[1] == 0:
        return emissions.new_zeros(len(emissions))
    last = _forward(emissions, mask, chain)[-1]
    return torch.where(mask[:, 0], _log_sum(last + chain.ends, dim=1), 0.0)


def path_scores(
    emissions: Float[Tensor, "B T K"], mask: Bool[Tensor, "B T"], chain: Chain, tags: Int[Tensor, "B T"]
) -> Float[Tensor, " B"]:
    """Return the score of one path of each sentence: the definition, which tests hold best paths and sums against."""
    if emissions.shape[1] == 0:
        return emissions.new_zeros(len(emissions))
    tags = torch.where(mask, tags, 0)
    scores = torch.where(mask, emissions.gather(2, tags[..., None])[..., 0], 0.0).sum(1)
    scores = scores + torch.where(mask[:, 1:], chain.transitions[tags[:, :-1], tags[:, 1:]], 0.0).sum(1)
    last = tags.gather(1, (mask.sum(1, keepdim=True) - 1).clamp(min=0))[:, 0]
    return scores + torch.where(mask[:, 0], chain.starts[tags[:, 0]] + chain.ends[last], 0.0)


def log_marginals(emissions: Float[Tensor, "B T K"], mask: Bool[Tensor, "B T"], chain: Chain) -> Float[Tensor, "B T K"]:
    """Return log p(y_t = k) of each token, log 1/K where there is none, -inf where no path is possible."""
    steps, size = emissions.shape[1:]
    if steps == 0:
        return emissions
    total = log_partitions(emissions, mask, chain)
    total = torch.where(total == -math.inf, 0.0, total)
    found = torch.stack(_forward(emissions, mask, chain), dim=1) + _backward(emissions, mask, chain)
    return torch.where(mask[..., None], found - total[:, None, None], -math.log(size))


def log_conditionals(
    emissions: Float[Tensor, "B T K"], mask: Bool[Tensor, "B T"], chain: Chain, tags: Int[Tensor, "B T"]
) -> Float[Tensor, "B T"]:
    """Return log p(y_t | y_{t-1}) of each token of one path that is possible, log p(y_1) of the first; 0 of padding.

        log p(y_t | y_{t-1}) = A(y_{t-1}, y_t) + e_t(y_t) + β_t(y_t) - β_{t-1}(y_{t-1})

    Their sum over some neighbours, log p(y_i) in place of the first, is the log-probability of just these tags there.
    """
    if emissions.shape[1] == 0:
        return emissions.new_zeros(mask.shape)
    tags = torch.where(mask, tags, 0)
    betas = _backward(emissions, mask, chain).gather(2, tags[..., None])[..., 0]
    own = emissions.gather(2, tags[..., None])[..., 0] + betas
    first = chain.starts[tags[:, :1]] - log_partitions(emissions, mask, chain)[:, None]
    further = chain.transitions[tags[:, :-1], tags[:, 1:]] - betas[:, :-1]
    return torch.where(mask, own + torch.cat([first, further], dim=1), 0.0)


def viterbi(emissions: Float[Tensor, "B T K"], mask: Bool[Tensor, "B T"], chain: Chain) -> Int[Tensor, "B T"]:
    """Return the path with the largest score, 0 where there is no token.

    Of equal scores the smallest tag wins, from the last token backwards.
    """
    steps = emissions.shape[1]
    if steps == 0:
        return mask.long()
    score, origins = emissions[:, 0] + chain.starts, []
    stay = torch.arange(emissions.shape[2], device=emissions.device)
    for t in range(1, steps):
        best, origin = (score[:, :, None] + chain.transitions).max(dim=1)
        score = torch.where(mask[:, t, None], best + emissions[:, t], score)
        origins.append(torch.where(mask[:, t, None], origin, stay))
    tags = [(score + chain.ends).argmax(1)]
    for origin in reversed(origins):
        tags.append(origin.gather(1, tags[-1][:, None])[:, 0])
    return torch.where(mask, torch.stack(tags[::-1], dim=1), 0)


def _log_sum(terms: Tensor, dim: int) -> Tensor:
    """Return log Σ exp, whose gradient is 0, not NaN, where all terms are -inf."""
    nothing = (terms == -math.inf).all(dim, keepdim=True)
    total = torch.logsumexp(torch.where(nothing, 0.0, terms), dim=dim)
    return torch.where(nothing.squeeze(dim), -math.inf, total)


def _forward(emissions: Tensor, mask: Tensor, chain: Chain) -> list[Tensor]:
    """Return α of each step; behind the last token it stays."""
    alphas = [emissions[:, 0] + chain.starts]
    for t in range(1, emissions.shape[1]):
        ahead = _log_sum(alphas[-1][:, :, None] + chain.transitions, dim=1) + emissions[:, t]
        alphas.append(torch.where(mask[:, t, None], ahead, alphas[-1]))
    return alphas


def _backward(emissions: Tensor, mask: Tensor, chain: Chain) -> Tensor:
    """Return β of each step, (B, T, K): log Σ exp of what may follow."""
    beta = chain.ends.expand(len(emissions), emissions.shape[2])
    betas = [beta]
    for t in range(emissions.shape[1] - 1, 0, -1):
        ahead = _log_sum(chain.transitions + (emissions[:, t] + beta)[:, None, :], dim=2)
        beta = torch.where(mask[:, t, None], ahead, beta)
        betas.append(beta)
    return torch.stack(betas[::-1], dim=1)


def row_log_partition(rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"], chain: Chain) -> Float[Tensor, ""]:
    """Return Σ log Z over all sentences, in float64, with a gradient for rows and chain."""
    chain = _double(chain)
    if _compiled(rows, *chain):
        result: Tensor = _SummedLogPartition.apply(rows, lengths, *chain)  # type: ignore[no-untyped-call]
        return result
    return log_partitions(*padded(rows.double(), lengths), chain).sum()


def row_path_score(
    rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"], chain: Chain, tags: Int[Tensor, " N"]
) -> Float[Tensor, ""]:
    """Return Σ score(y) over all sentences, in float64, with a gradient for rows and chain."""
    transitions, starts, ends = _double(chain)
    of_tags = rows.double().gather(1, tags[:, None]).sum()
    there = lengths[lengths > 0]
    behind = there.cumsum(0)
    begins = torch.zeros(len(tags), dtype=torch.bool, device=tags.device)
    begins[behind - there] = True
    inside = (~begins).nonzero()[:, 0]
    of_pairs = transitions[tags[inside - 1], tags[inside]].sum()
    return of_tags + of_pairs + starts[tags[behind - there]].sum() + ends[tags[behind - 1]].sum()


def row_log_marginals(rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"], chain: Chain) -> Float[Tensor, "N K"]:
    """Return log p(y_t = k) of each token, in float64. Only in torch with a gradient."""
    rows, chain = rows.double(), _double(chain)
    wanted = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (rows, *chain))
    if not wanted and _compiled(rows, *chain):
        marginals = crf.likelihood(*_arrays(rows, lengths, chain), None, True).marginals
        return torch.as_tensor(marginals).log_().clamp_(max=0)
    emissions, mask = padded(rows, lengths)
    return log_marginals(emissions, mask, chain)[mask]


def row_log_conditionals(
    rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"], chain: Chain, tags: Int[Tensor, " N"]
) -> Float[Tensor, " N"]:
    """Return log p(y_t | y_{t-1}) of each token of one path a sentence, in float64."""
    emissions, mask = padded(rows.double(), lengths)
    path = torch.zeros_like(mask, dtype=torch.int64)
    path[mask] = tags
    return log_conditionals(emissions, mask, _double(chain), path)[mask]


def row_viterbi(rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"], chain: Chain) -> Int[Tensor, " N"]:
    """Return the path with the largest score of each sentence."""
    chain = _double(chain)
    if _compiled(rows, *chain):
        return torch.from_numpy(crf.viterbi(*_arrays(rows, lengths, chain))[0])
    emissions, mask = padded(rows.double(), lengths)
    return viterbi(emissions, mask, chain)[mask]


def padded(
    rows: Float[Tensor, "N K"], lengths: Int[Tensor, " B"]
) -> tuple[Float[Tensor, "B T K"], Bool[Tensor, "B T"]]:
    """Return sentences that lie one behind the other side by side, with the mask of real tokens."""
    longest = int(lengths.max()) if len(lengths) else 0
    steps = torch.arange(longest, device=rows.device)
    mask = steps < lengths[:, None]
    places = (lengths.cumsum(0) - lengths)[:, None] + steps
    return rows[torch.where(mask, places, 0)], mask


class _SummedLogPartition(torch.autograd.Function):
    """Σ log Z. Its gradient are the expected counts, which the forward pass has at hand."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, lengths: Tensor, *chain: Tensor) -> Tensor:
        learns = any(ctx.needs_input_grad)
        found = crf.likelihood(*_arrays(rows, lengths, Chain(*chain)), None, learns)
        if learns:
            ctx.save_for_backward(*map(torch.from_numpy, found[2:]))
        return rows.new_tensor(found.log_partitions.sum(), dtype=torch.float64)

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        marginals, pairs, first, last = ctx.saved_tensors
        return marginals * grad.to(marginals.dtype), None, pairs * grad, first * grad, last * grad


def _double(chain: Chain) -> Chain:
    return Chain(*(tensor.double() for tensor in chain))


def _arrays(rows: Tensor, lengths: Tensor, chain: Chain) -> tuple[Any, Any, Any, Any, Any]:
    transitions, starts, ends = (tensor.detach().numpy() for tensor in chain)
    return rows.detach().numpy(), lengths.numpy(), transitions, starts, ends


def _compiled(rows: Tensor, *others: Tensor) -> bool:
    """Say whether compiled code may take these: on the CPU, outside torch.func and forward-mode differentiation."""
    transformed = forward_ad._current_level >= 0 or torch._C._are_functorch_transforms_active()
    return not transformed and takes(rows.dtype, rows, *others)
