"""The gradient of the recurrent weights of a small network, step by step."""

import numpy as np

from elman.lab.recurrence import Example, Net, slope


def parts(given: Example) -> list[np.ndarray]:
    """Return ∂L/∂W|_(t) = ∂L/∂u_t s_{t-1}ᵀ for t = 1 ... T, with L = v · s_T."""
    net, x, s, gradient = given
    passed = net.over(x, s)
    found = []
    for t in range(len(x), 0, -1):
        by_sum = slope(passed.u[t - 1]) * gradient
        found.append(np.outer(by_sum, passed.s[t - 1]))
        gradient = net.W.T @ by_sum
    return found[::-1]


def total_by_small_changes(given: Example, small: float = 1e-6) -> np.ndarray:
    """Return ∂L/∂W by central differences, the same W at every step."""
    net, x, s, v = given
    found = np.zeros_like(net.W)
    for place in np.ndindex(*net.W.shape):
        change = np.zeros_like(net.W)
        change[place] = small
        ends = [v @ Net(net.W + sign * change, net.V, net.b).over(x, s).s[-1] for sign in (1, -1)]
        found[place] = (ends[0] - ends[1]) / (2 * small)
    return found
