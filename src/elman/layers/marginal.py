"""Hard attention, of which nobody knows where it looked: sums over all places instead of a mean of them."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Places(NamedTuple):
    """What the places of a source say at each step.

    Args:
        log_weights: log a_ij, of choosing place j at step i, (B, U, T); of padding too small to count.
        joined: what the softmax sees at step i where place j was chosen, (B, U, T, H).
        monotone: whether no step goes back behind the place of the one before.
    """

    log_weights: Tensor
    joined: Tensor
    monotone: bool


def moved(before: Float[Tensor, "B T"], log_weights: Float[Tensor, "B T"]) -> Float[Tensor, "B T"]:
    """Return the log-probability of each place at a step, if no step goes back.

        A_j'j = a_j / Σ_{k >= j'} a_k for j >= j', else 0;    log Σ_j' p_j' A_j'j

    Args:
        before: log p_j', of the place at the step before.
        log_weights: log a_j.
    """
    rest = torch.logcumsumexp(log_weights.flip(-1), -1).flip(-1)
    return log_weights + torch.logcumsumexp(before - rest, -1)


def chosen(places: Places, spoken: Float[Tensor, "B U T"]) -> Float[Tensor, "B U T"]:
    """Return log p(j at step i | targets before step i), in one pass for a whole target.

    Args:
        places: of the steps.
        spoken: log p of the target of step i where place j was chosen.
    """
    if not places.monotone:
        return places.log_weights
    made = [places.log_weights[:, 0]]
    for step in range(1, places.log_weights.shape[1]):
        made.append(moved(torch.log_softmax(made[-1] + spoken[:, step - 1], -1), places.log_weights[:, step]))
    return torch.stack(made, 1)


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
