"""An LSTM of three units that accepts aⁿbⁿ, with weights set by hand."""

import numpy as np

from elman.lab.long_memory import Memory

_LETTERS = {"a": np.array([1.0, 0.0, 0.0]), "b": np.array([0.0, 1.0, 0.0]), "T": np.array([0.0, 0.0, 1.0])}
_W = {
    "i": [[1, 1, 0], [0, 1, 0], [1, 0, 0]],
    "f": [[0, 0, 0], [0, -1, 0], [0, 0, 0]],
    "g": [[1, -1, 0], [0, 0, 0], [0, 0, 0]],
    "o": [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
}
_U_I = [[0, 0, 0], [0, 0, 0], [0, 1, 0]]
_B = {"i": [-0.5, -0.5, -1.5], "f": [1, 0.5, 1], "g": [0, 1, 1], "o": [1, 1, 1]}


def machine(scale: float) -> Memory:
    """Return the weights: the units are the count, whether a b was seen, whether an a came after it."""
    none = np.zeros((3, 3))
    recurrent = {"i": scale * np.array(_U_I, float), "f": none, "g": none, "o": none}
    weights = {gate: scale * np.array(rows, float) for gate, rows in _W.items()}
    return Memory(weights, recurrent, {gate: scale * np.array(row, float) for gate, row in _B.items()})


def counter(text: str, scale: float) -> np.ndarray:
    """Return c after each letter of a text of a and b, (T, 3); (1, 3) of zeros for an empty one."""
    cell, h, c = machine(scale), np.zeros(3), np.zeros(3)
    kept = []
    for letter in text:
        trace = cell.step(_LETTERS[letter], h, c)
        h, c = trace.h, trace.c
        kept.append(c)
    return np.array(kept or [c])


def accepted(text: str, scale: float) -> bool:
    """Say whether a text is taken for aⁿbⁿ, n ≥ 0."""
    end = counter(text, scale)[-1]
    return bool(abs(end[0]) < 0.5 and end[2] < 0.5)


def largest(scale: float, most: int) -> int:
    """Return the largest n such that everything up to n is right: aⁿbⁿ accepted, one letter more or less not."""
    for n in range(1, most + 1):
        words = {"a" * n + "b" * n: True, "a" * n + "b" * (n + 1): False, "a" * (n + 1) + "b" * n: False}
        if any(accepted(word, scale) != right for word, right in words.items()):
            return n - 1
    return most
