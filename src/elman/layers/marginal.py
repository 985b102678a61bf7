"""Hard attention, of which nobody knows where it looked: sums over all places instead of a mean of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.layers.products import linear

IMPOSSIBLE = -1e9
"""A log-probability too small to count; -inf has no gradient in a sum of nothing else."""

Move = Callable[[Tensor, Tensor], Tensor]
"""`(log p of each place at the step before (B, T), log a of a step) -> log p of each place (B, T)`."""


class Places(NamedTuple):
    """What the places of a source say at each step.

    Args:
        log_weights: log a_ij, of choosing place j at step i, (B, U, T), or what `move` takes, (B, U, T, M); of padding
            too small to count.
        joined: what the softmax sees at step i where place j was chosen, (B, U, T, H).
        read: the token that was read at each step, (B, U): from the second on it says where the one before stood.
        move: how a step goes on from the place of the one before; None where it goes anywhere.
        first: log p of each place before the first step, (B, T); None where that goes anywhere.
    """

    log_weights: Tensor
    joined: Tensor
    read: Tensor
    move: Move | None = None
    first: Tensor | None = None


class Predicted(NamedTuple):
    """What is predicted at each step of targets.

        log p(t_i | t_1 .. t_{i-1}) = log Σ_j p(j at i | t_1 .. t_{i-1}) p(t_i | j)

    Args:
        prior: log p(j at i | t_1 .. t_{i-1}), (B, U, T).
        spoken: log p of each token where place j was chosen, (B, U, T, V).
    """

    prior: Tensor
    spoken: Tensor

    @property
    def log_probs(self) -> Float[Tensor, "B U V"]:
        """Log p of each token."""
        return torch.logsumexp(self.prior[..., None] + self.spoken, -2)

    def of(self, target: Int[Tensor, "B U"]) -> Float[Tensor, "B U T"]:
        """Return log p of each token of a target where place j was chosen."""
        return spoken_of(self.spoken, target)


def spoken_of(spoken: Float[Tensor, "B U T V"], target: Int[Tensor, "B U"]) -> Float[Tensor, "B U T"]:
    """Return log p of each token of a target at each place, of those of all tokens."""
    return spoken.gather(-1, target[:, :, None, None].expand(*spoken.shape[:3], 1))[..., 0]


def joined(
    layer: nn.Module, outputs: Float[Tensor, "B U H"], values: Float[Tensor, "B T D"]
) -> Float[Tensor, "B U T O"]:
    """Return W [h_i; v_j] + b of every step and place, without ever laying them side by side."""
    weight: Any = layer.weight
    bias: Any = layer.bias
    of_step, of_place = weight.split([outputs.shape[2], values.shape[2]], 1)
    return linear(outputs, of_step)[:, :, None] + linear(values, of_place, bias)[:, None]


def at_first(values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T"]:
    """Return log p of each place where all that is known is that it is the first."""
    found = values.new_full(values.shape[:2], IMPOSSIBLE)
    found[:, 0] = 0.0
    return found


def moved(before: Float[Tensor, "B T"], log_weights: Float[Tensor, "B T"]) -> Float[Tensor, "B T"]:
    """Return the log-probability of each place at a step, if no step goes back.

        A_j'j = a_j / Σ_{k >= j'} a_k for j >= j', else 0;    log Σ_j' p_j' A_j'j

    Args:
        before: log p_j', of the place at the step before.
        log_weights: log a_j.
    """
    rest = torch.logcumsumexp(log_weights.flip(-1), -1).flip(-1)
    return log_weights + torch.logcumsumexp(before - rest, -1)


def shifted(before: Float[Tensor, "B T"], log_weights: Float[Tensor, "B T M"]) -> Float[Tensor, "B T"]:
    """Return the log-probability of each place at a step that goes on by 0 to M - 1 places.

        log Σ_m p_(j-m) A_(j-m)m

    Args:
        before: log p_j', of the place at the step before.
        log_weights: log A_j'm, of going on by m places from place j'.
    """
    steps = (before[..., None] + log_weights).unbind(-1)
    behind = [functional.pad(one, (m, 0), value=IMPOSSIBLE)[:, : before.shape[1]] for m, one in enumerate(steps)]
    return torch.logsumexp(torch.stack(behind), 0)


def chosen(places: Places, spoken: Float[Tensor, "B W T"]) -> Float[Tensor, "B U T"]:
    """Return log p(j at step i | targets before step i), in one pass for a whole target.

    Args:
        places: of the steps.
        spoken: log p of the target of each step but the last, at least, where place j was chosen.
    """
    log_weights, move = places.log_weights, places.move
    if move is None:
        return log_weights
    made = [log_weights[:, 0] if places.first is None else move(places.first, log_weights[:, 0])]
    for step in range(1, log_weights.shape[1]):
        made.append(move(torch.log_softmax(made[-1] + spoken[:, step - 1], -1), log_weights[:, step]))
    return torch.stack(made, 1)


def predicted(places: Places, spoken: Float[Tensor, "B U T V"]) -> Predicted:
    """Return what is predicted at each step, given what was read at all steps before it and at it.

    Args:
        places: of the steps.
        spoken: log p of each token where place j was chosen.
    """
    return Predicted(chosen(places, spoken_of(spoken[:, :-1], places.read[:, 1:])), spoken)


def posteriors(places: Places, spoken: Float[Tensor, "B U T"], real: Float[Tensor, "B U"]) -> Float[Tensor, "B U T"]:
    """Return p(j at step i | the whole target): the derivative of its log p by log p of the target at j.

    Args:
        places: of the steps.
        spoken: log p of the target of step i where place j was chosen.
        real: 1 where there is a target, else 0.
    """
    with torch.enable_grad():
        spoken = spoken.detach().requires_grad_()
        log_probs = torch.logsumexp(chosen(places, spoken) + spoken, -1) * real
        [found] = torch.autograd.grad(log_probs.sum(), spoken)
    return found


def likeliest_path(places: Places, spoken: Float[Tensor, "B U T"], real: Float[Tensor, "B U"]) -> Int[Tensor, "B U"]:
    """Return the places of the likeliest path along whole targets: the alignment of Viterbi.

    It is what `chosen` sums, with the largest in place of the sum. Where a step goes anywhere, each place is the
    likeliest by itself. At steps without a target it stays where it is.

    Args:
        places: of the steps.
        spoken: log p of the target of step i where place j was chosen.
        real: 1 where there is a target, else 0.
    """
    if places.move is None:
        return (places.log_weights + spoken).argmax(-1)
    steps = spoken.shape[1]
    every = torch.eye(spoken.shape[2], dtype=spoken.dtype, device=spoken.device)
    one_place = every.log().clamp(min=IMPOSSIBLE)
    first = chosen(places._replace(log_weights=places.log_weights[:, :1]), spoken[:, :1])[:, 0]
    best, behind = first + spoken[:, 0], []
    for step in range(1, steps):
        # From each place alone, what a step gives to the others.
        ways = torch.stack([places.move(row.expand_as(best), places.log_weights[:, step]) for row in one_place], 1)
        reached, before = (best[:, :, None] + ways).max(1)
        goes = real[:, step, None] > 0
        stays = torch.arange(spoken.shape[2], device=spoken.device).expand_as(before)
        best = torch.where(goes, reached + spoken[:, step], best)
        behind.append(torch.where(goes, before, stays))
    path = [best.argmax(-1)]
    for before in reversed(behind):
        path.append(before.gather(1, path[-1][:, None])[:, 0])
    return torch.stack(path[::-1], 1)
