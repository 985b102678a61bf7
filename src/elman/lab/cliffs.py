"""One unit over many steps: its loss, its gradient, and gradient descent on it."""

from typing import NamedTuple

import numpy as np

from elman.lab.recurrence import sigmoid

STEPS, TARGET, START = 50, 0.7, 0.5


class Reached(NamedTuple):
    """Where the unit ends for some weights, and E with its gradient, each (N,)."""

    x: np.ndarray
    loss: np.ndarray
    by_w: np.ndarray
    by_b: np.ndarray


class At(NamedTuple):
    """Where gradient descent is."""

    w: float
    b: float
    loss: float
    norm: float


def reach(w: np.ndarray, b: np.ndarray) -> Reached:
    """Return x_50 and E = (σ(x_50) - .7)² of x_t = w σ(x_{t-1}) + b, differentiated forwards."""
    x = np.full_like(w, START)
    by_w, by_b = np.zeros_like(w), np.zeros_like(w)
    for _ in range(STEPS):
        squashed = sigmoid(x)
        slope = w * squashed * (1 - squashed)
        by_w, by_b = squashed + slope * by_w, 1 + slope * by_b
        x = w * squashed + b
    squashed = sigmoid(x)
    outer = 2 * (squashed - TARGET) * squashed * (1 - squashed)
    return Reached(x, (squashed - TARGET) ** 2, outer * by_w, outer * by_b)


def descend(w: float, b: float, rate: float, updates: int, threshold: float | None) -> list[At]:
    """Return the path of gradient descent, its start first; with a threshold, of clipped gradients."""
    path = []
    for _ in range(updates + 1):
        found = reach(np.array([w]), np.array([b]))
        g = np.array([found.by_w[0], found.by_b[0]])
        norm = float(np.hypot(*g))
        path.append(At(w, b, float(found.loss[0]), norm))
        if threshold is not None and norm >= threshold:
            g = g * (threshold / norm)
        w, b = w - rate * float(g[0]), b - rate * float(g[1])
    return path
