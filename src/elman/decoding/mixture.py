"""Language models interpolated: the weights that fit a text best, and what they make of another."""

from collections.abc import Sequence

import numpy as np

from elman.errors import ConfigError


def fit_weights(log_probs: np.ndarray, rounds: int = 200, tolerance: float = 1e-9) -> np.ndarray:
    """Return the weights λ that make a text likeliest under Σ_m λ_m p_m.

        λ_m <- 1/N Σ_t λ_m p_m(x_t) / Σ_k λ_k p_k(x_t)

    repeated until the likelihood stands still: expectation maximization, which finds the one maximum there is.

    Args:
        log_probs: log p of each token under each model, (M, N).
        rounds: at most so many.
        tolerance: nats per token below which nothing moves any more.

    Source: Jelinek & Mercer (1980), Interpolated estimation of Markov source parameters from sparse data.

    Raises:
        ConfigError: there is a token that no model thinks possible.
    """
    most = log_probs.max(0)
    if not np.isfinite(most).all():
        raise ConfigError(
            "the text to tune on has a token that is impossible under every part: no weights can help. Smooth one."
        )
    shares = np.exp(log_probs - most)
    weights, before = np.full(len(log_probs), 1 / len(log_probs)), -np.inf
    for _ in range(rounds):
        mixed = weights @ shares
        now = float(np.log(mixed).mean())
        if now - before < tolerance:
            break
        before = now
        weights = weights * (shares / mixed).mean(1)
    return weights / weights.sum()


def mix(log_probs: np.ndarray, weights: np.ndarray | Sequence[float]) -> np.ndarray:
    """Return log Σ_m λ_m p_m of each token, (N)."""
    most = log_probs.max(0)
    most = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        return most + np.log(np.asarray(weights) @ np.exp(log_probs - most))
