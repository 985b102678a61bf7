"""Heads asked with a mask: a prefix of each row is its length, any other mask says which targets count."""

import torch

from elman.data.outlines import Classes, Follows
from elman.data.records import Padded


def classes(count, *follows):
    """Return so many classes, and which may follow which: starts, pairs, ends."""
    return Classes([str(number) for number in range(count)], follows=Follows(*follows) if follows else None)


def padded(values, mask=None):
    """Return rows whose real places stand in front."""
    return Padded(values, None if mask is None else mask.sum(1))


def loss(head, hidden, target, mask=None, weights=None):
    """Return the loss of the targets that a mask leaves."""
    behind = mask is not None and not bool((mask[:, 1:] & ~mask[:, :-1]).any())
    if mask is None or behind:
        return head.loss(padded(hidden, mask), padded(target, mask), None, None if weights is None else Padded(weights))
    counted = mask if weights is None else torch.where(mask, weights, 0.0)
    return head.loss(Padded(hidden), Padded(target), None, Padded(counted))


def log_probs(head, hidden, mask=None):
    """Return the log-probability of every answer."""
    return head.log_probs(padded(hidden, mask))


def best(head, hidden, mask=None):
    """Return the likeliest answers."""
    return head.best(padded(hidden, mask)).values
