"""A simple recurrent network small enough to be followed by hand, in float64, and its derivatives in closed form."""

from functools import reduce
from typing import NamedTuple

import numpy as np


class Passed(NamedTuple):
    """What a network gave over T steps.

    Args:
        u: what was squashed, (T, n).
        s: states, (T + 1, n), the first of them given.
    """

    u: np.ndarray
    s: np.ndarray


class Net(NamedTuple):
    """s_t = tanh(W s_{t-1} + V x_t + b).

    Args:
        W: (n, n).
        V: (n,), of one input.
        b: (n,).
    """

    W: np.ndarray
    V: np.ndarray
    b: np.ndarray

    def over(self, x: np.ndarray, s: np.ndarray) -> Passed:
        """Return what it gives over inputs, from a state."""
        before, states = [], [s]
        for one in x:
            before.append(self.W @ states[-1] + self.V * one + self.b)
            states.append(np.tanh(before[-1]))
        return Passed(np.array(before), np.array(states))

    def jacobians(self, passed: Passed) -> list[np.ndarray]:
        """Return J_t = ∂s_t/∂s_{t-1} = diag(tanh'(u_t)) W for each t; a row is an output."""
        return [np.diag(slope(u)) @ self.W for u in passed.u]


def slope(u: np.ndarray) -> np.ndarray:
    """Return tanh'(u) = 1 - tanh²(u)."""
    return 1 - np.tanh(u) ** 2


def latest_first(factors: list[np.ndarray]) -> np.ndarray:
    """Return J_T ... J_2 J_1 of J_1, J_2, ...: the latest stands on the left."""
    return reduce(lambda product, factor: factor @ product, factors)


def norm(matrix: np.ndarray) -> float:
    """Return the spectral norm, the largest singular value."""
    return float(np.linalg.norm(matrix, 2))


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return σ(z) = 1 / (1 + e^-z), without overflow."""
    small = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1, small) / (1 + small)


class Example(NamedTuple):
    """The network of the gradient experiments, what it reads, and the loss L = v · s_T.

    Args:
        net: its weights.
        x: inputs.
        s: the first state.
        v: of the loss.
    """

    net: Net
    x: np.ndarray
    s: np.ndarray
    v: np.ndarray


def example() -> Example:
    """Return the network that several experiments follow by hand."""
    net = Net(np.array([[0.8, -0.5], [0.3, 0.9]]), np.array([0.5, -0.3]), np.array([0.1, -0.2]))
    return Example(net, np.array([1.0, -1.0, 0.5, 2.0]), np.array([0.2, -0.4]), np.array([1.0, -2.0]))
