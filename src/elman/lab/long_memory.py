"""A long short-term memory of a few units, in float64, with every quantity by its letter."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from elman.lab.outcome import Step
from elman.lab.recurrence import sigmoid

GATES = ("i", "f", "g", "o")


class Trace(NamedTuple):
    """One step, by letter."""

    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    h: np.ndarray


class Memory(NamedTuple):
    """c = f ⊙ c' + i ⊙ g;  h = o ⊙ tanh c.

    Args:
        W: of the input, by gate: (H,) for a number, (H, I) for a vector.
        U: (H, H) by gate.
        b: (H,) by gate.
    """

    W: Mapping[str, np.ndarray]
    U: Mapping[str, np.ndarray]
    b: Mapping[str, np.ndarray]

    def step(self, x: float | np.ndarray, h: np.ndarray, c: np.ndarray) -> Trace:
        """Return one step."""
        z = {gate: np.dot(self.W[gate], x) + self.U[gate] @ h + self.b[gate] for gate in GATES}
        i, f, o = sigmoid(z["i"]), sigmoid(z["f"]), sigmoid(z["o"])
        g = np.tanh(z["g"])
        c = f * c + i * g
        return Trace(i, f, g, o, c, o * np.tanh(c))


def steps_of(trace: Trace, t: int) -> list[Step]:
    """Return the quantities of one step, in the order in which they are computed."""
    formulas = {
        "i": "σ(W_i x + U_i h' + b_i)",
        "f": "σ(W_f x + U_f h' + b_f)",
        "g": "tanh(W_g x + U_g h' + b_g)",
        "o": "σ(W_o x + U_o h' + b_o)",
        "c": "f ⊙ c' + i ⊙ g",
        "h": "o ⊙ tanh(c)",
    }
    return [Step(f"{letter}_{t}", formulas[letter], value) for letter, value in trace._asdict().items()]


class Example(NamedTuple):
    """A memory of two units, two inputs, and where it starts."""

    cell: Memory
    x: np.ndarray
    h: np.ndarray
    c: np.ndarray


def example() -> Example:
    """Return the memory that several experiments follow by hand."""
    weights = {"i": [0.5, -0.2], "f": [0.3, 0.4], "g": [1.0, -0.6], "o": [-0.3, 0.7]}
    recurrent = {
        "i": [[0.2, -0.4], [0.5, 0.1]],
        "f": [[-0.3, 0.6], [0.2, 0.4]],
        "g": [[0.9, -0.7], [0.3, 0.8]],
        "o": [[0.1, 0.2], [-0.5, 0.3]],
    }
    biases = {"i": [0.0, 0.1], "f": [1.0, 1.0], "g": [0.0, -0.1], "o": [0.2, 0.0]}
    w, u, b = ({gate: np.array(part[gate]) for gate in GATES} for part in (weights, recurrent, biases))
    return Example(Memory(w, u, b), np.array([0.7, -1.2]), np.array([0.1, -0.3]), np.array([0.4, -0.8]))
