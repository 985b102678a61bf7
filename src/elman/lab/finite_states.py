"""What finite memory makes of a language: a hidden Markov model by Baum-Welch, and n-grams."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from elman.randomness import seed_of


class FiniteMemory(Protocol):
    """What knows of the past one of finitely many things, or a distribution over them."""

    def following(self, text: Sequence[int]) -> np.ndarray:
        """Return the probabilities of what comes after each symbol, (T, V)."""


class HiddenMarkov(NamedTuple):
    """K states, each of which emits symbols.

        α_1 = π ⊙ B[x_1];    α_{t+1} = (A^T α_t) ⊙ B[x_{t+1}];    p(x_{t+1} | x_1 ... x_t) = B^T A^T α_t / Σ α_t

    Args:
        start: π, (K,).
        move: A, (K, K), from row to column.
        emit: B, (K, V).
    """

    start: np.ndarray
    move: np.ndarray
    emit: np.ndarray

    def following(self, text: Sequence[int]) -> np.ndarray:
        """Return the probabilities of what comes after each symbol, (T, V)."""
        found, belief = [], self.start
        for symbol in text:
            belief = belief * self.emit[:, symbol]
            belief = belief / max(belief.sum(), 1e-300)
            belief = belief @ self.move
            found.append(belief @ self.emit)
        return np.array(found)


def baum_welch(texts: Sequence[Sequence[int]], states: int, symbols: int, rounds: int, seed: int) -> HiddenMarkov:
    """Return the model that expectation maximisation finds from a random start.

    Args:
        texts: of symbols 0 to `symbols` - 1.
        states: K.
        symbols: V.
        rounds: each an expectation and a maximisation.
        seed: of the start.

    Source: Baum, Petrie, Soules & Weiss (1970); scaled as in Rabiner (1989), A tutorial on hidden Markov models.
    """
    draw = np.random.default_rng(seed_of(seed, "lab.hmm", states))
    shapes = ((states,), (states, states), (states, symbols))
    model = HiddenMarkov(*(draw.dirichlet(np.ones(shape[-1]), shape[:-1]) for shape in shapes))
    for _ in range(rounds):
        start, move, emit = (np.zeros(shape) for shape in shapes)
        for text in texts:
            _expect(model, text, start, move, emit)
        model = HiddenMarkov(*(part / np.maximum(part.sum(-1, keepdims=True), 1e-300) for part in (start, move, emit)))
    return model


def _expect(model: HiddenMarkov, text: Sequence[int], start: np.ndarray, move: np.ndarray, emit: np.ndarray) -> None:
    """Add what is expected of one text: how often each state is first, is left for another, emits a symbol."""
    T, likelihood = len(text), model.emit.T[list(text)]
    forward, scale = np.zeros(likelihood.shape), np.zeros(T)
    before = model.start
    for t in range(T):
        forward[t] = before * likelihood[t]
        scale[t] = max(forward[t].sum(), 1e-300)
        forward[t] /= scale[t]
        before = forward[t] @ model.move
    backward = np.ones_like(forward)
    for t in range(T - 2, -1, -1):
        backward[t] = model.move @ (likelihood[t + 1] * backward[t + 1]) / scale[t + 1]
    held = forward * backward
    start += held[0]
    move += model.move * (forward[:-1].T @ (likelihood[1:] * backward[1:] / scale[1:, None]))
    np.add.at(emit.T, list(text), held)


class Grams:
    """Shares of what came after the last n - 1 symbols in some texts, or after fewer where those are new.

    Args:
        texts: of symbols 0 to `symbols` - 1.
        symbols: V.
        order: n.
    """

    def __init__(self, texts: Sequence[Sequence[int]], symbols: int, order: int) -> None:
        self.order = order
        self.seen: dict[tuple[int, ...], np.ndarray] = {}
        for text in texts:
            for place in range(1, len(text)):
                for length in range(min(order, place + 1)):
                    past = tuple(text[place - length : place])
                    self.seen.setdefault(past, np.zeros(symbols))[text[place]] += 1

    def following(self, text: Sequence[int]) -> np.ndarray:
        """Return the shares of what comes after each symbol, (T, V)."""
        return np.array(
            [self._after(tuple(text[max(0, end - self.order + 1) : end])) for end in range(1, len(text) + 1)]
        )

    def _after(self, past: tuple[int, ...]) -> np.ndarray:
        counts = next(self.seen[past[cut:]] for cut in range(len(past) + 1) if past[cut:] in self.seen)
        return counts / counts.sum()
