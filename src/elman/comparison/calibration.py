"""What likelihoods of several models are worth as evidence, learned from passages whose author is known."""

from typing import NamedTuple

import numpy as np

_ITERATIONS, _RIDGE, _PRIOR = 60, 1e-6, 1.0
_FIVE_PERCENT = 1.645
"""Standard deviations that chance goes beyond in one of twenty cases."""


class Calibration(NamedTuple):
    """How likelihoods become shares.

        log p(a | passage) = s_a - log Σ_b exp(s_b),    s_a = α log p_a(passage) - β_a T / T_0

    Args:
        scale: α: models take tokens as evidence that is worth more than it is, so it is mostly below 1.
        bias: β, (A,): what a model says of any passage, such as one that was trained on more text.
        length: T_0, tokens of the passages that it was learned from.
    """

    scale: float
    bias: np.ndarray
    length: float

    def log_shares(self, log_probs: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        """Return log p(a | passage) in nats, (N, A).

        Args:
            log_probs: log p of each passage under each model, in nats, (N, A).
            tokens: T of each, (N,).
        """
        scores = self.scale * log_probs - self.bias * tokens[:, None] / self.length
        shares: np.ndarray = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return shares


def calibrate(log_probs: np.ndarray, tokens: np.ndarray, truth: np.ndarray, biased: bool = True) -> Calibration:
    """Return the α and β that make the authors of known passages likeliest, β drawn to 0 as by a normal distribution.

    The loss is convex, and Newton's method finds its minimum. So that α stays finite where every passage is right, its
    author counts as right with probability (n + 1) / (n + A) only, n its passages.

    Args:
        log_probs: log p of each passage under each model, in nats, (N, A).
        tokens: T of each, (N,).
        truth: the author of each, (N,).
        biased: whether one model may find all passages likelier than another does; else β is 0.

    Source: Platt (1999), Probabilistic outputs for support vector machines; McFadden (1974), conditional logit.
    """
    count, authors = log_probs.shape
    length, centred = float(tokens.mean()), log_probs - log_probs.mean(1, keepdims=True)
    unit = float(np.sqrt((centred**2).mean())) or 1.0
    own = -np.eye(authors)[None] * (tokens / length)[:, None, None]
    features = np.concatenate([centred[:, :, None] / unit, own if biased else own[:, :, :0]], axis=2)
    numbers = np.bincount(truth, minlength=authors)[truth]
    right = (numbers + 1) / (numbers + authors)
    wanted = np.full((count, authors), ((1 - right) / max(1, authors - 1))[:, None])
    wanted[np.arange(count), truth] = right
    penalty = np.array([_RIDGE, *[_PRIOR] * (features.shape[2] - 1)])
    weights = np.zeros(len(penalty))
    weights[0] = 0.1
    loss = _loss(features, wanted, weights, penalty)
    for _ in range(_ITERATIONS):
        shares = np.exp(_log_shares(features, weights))
        mean = np.einsum("na,nak->nk", shares, features)
        gradient = np.einsum("na,nak->k", shares - wanted, features) + penalty * weights
        curvature = np.einsum("na,nak,nal->kl", shares, features, features) - mean.T @ mean
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        while (after := _loss(features, wanted, weights - step, penalty)) > loss and np.abs(step).max() > 1e-12:
            step /= 2
        if loss - after < 1e-12:
            break
        weights, loss = weights - step, after
    bias = weights[1:] - weights[1:].mean() if biased else np.zeros(authors)
    return Calibration(float(weights[0]) / unit, bias, length)


def no_better_than_chance(found: np.ndarray, truth: np.ndarray) -> bool:
    """Say whether as many passages go to their author when the authors are dealt out to them at random.

    The number that is right then has the mean Σ_a n_a m_a / N and the variance Σ_ij d_ij² / (N - 1), n_a passages being
    by a and m_a going to a, and d_ij whether i goes to the author of j, centred in rows and columns. One-sided, at 5 %.
    Where all go to one author, nothing exceeds the mean.

    Args:
        found: to whom each passage goes, (N,).
        truth: who it is by, (N,).

    Source: Hoeffding (1951), A combinatorial central limit theorem.
    """
    meets = (found[:, None] == truth).astype(np.float64)
    centred = meets - meets.mean(0) - meets.mean(1, keepdims=True) + meets.mean()
    deviation = np.sqrt((centred**2).sum() / max(1, len(truth) - 1))
    return bool(np.trace(meets) - meets.sum() / len(truth) <= _FIVE_PERCENT * deviation)


def _log_shares(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    scores = features @ weights
    shares: np.ndarray = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return shares


def _loss(features: np.ndarray, wanted: np.ndarray, weights: np.ndarray, penalty: np.ndarray) -> float:
    return float(-(wanted * _log_shares(features, weights)).sum() + penalty @ weights**2 / 2)
