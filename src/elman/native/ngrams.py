"""Lookup of n-grams, and of words, in compiled code."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.errors import ShapeError

_THREADS = os.cpu_count() or 1


class WordTable:
    """Ids of words, for whole texts at once.

    Args:
        kernels: what `compiled` gave.
        tokens: distinct words in the order of their ids.
        unknown_id: of every other word.
        line_end: the id of a line break.
    """

    def __init__(self, kernels: Any, tokens: Sequence[str], unknown_id: int, line_end: int) -> None:
        self._words = kernels.Words(*_joined(tokens))
        self._unknown_id = unknown_id
        self._line_end = line_end

    def encode(self, text: str) -> np.ndarray:
        """Return the ids of the words of a text, cut at blanks and tabs, and of its line breaks."""
        data = text.encode("utf-8", "surrogatepass")
        return self._words.encode(data, self._unknown_id, self._line_end, _THREADS)


class WordCollector:
    """Words that get ids as they come.

    Args:
        kernels: what `compiled` gave.
        tokens: those that have ids already, in their order.
    """

    def __init__(self, kernels: Any, tokens: Sequence[str]) -> None:
        self._words = kernels.Words(*_joined(tokens))
        self._given = tokens

    def __len__(self) -> int:
        return len(self._words)

    def encode(self, text: str, line_end: str) -> np.ndarray:
        """Return the ids (uint32) of the words of a text, cut at blanks and tabs, and of its line breaks."""
        found: np.ndarray = self._words.learn(text.encode("utf-8", "surrogatepass"), line_end.encode())
        return found

    def tokens(self) -> list[str]:
        """Return all words in the order of their ids."""
        learned: bytes = self._words.learned(len(self._given))
        return [*self._given, *learned.decode("utf-8", "surrogatepass").split("\n")[:-1]]


def _joined(tokens: Sequence[str]) -> tuple[bytes, np.ndarray]:
    """Return words one behind the other, and where each ends."""
    parts = [token.encode("utf-8", "surrogatepass") for token in tokens]
    return b"".join(parts), np.cumsum([len(part) for part in parts], dtype=np.int64)


class NgramLookup:
    """The arrays of an n-gram model, walked by compiled code.

    Args:
        kernels: what `compiled` gave.
        orders: of each order words, links, log p, backoffs, starts: see `elman.ngram.backoff.Order`.
        uniform: whether backing off goes to 1 / V at once.
    """

    def __init__(self, kernels: Any, orders: Sequence[tuple[np.ndarray, ...]], uniform: bool) -> None:
        self._lookup = kernels.Ngrams(uniform)
        self._sizes = np.array([1, *(len(order[2]) for order in orders[:-1])])
        self._vocabulary = len(orders[0][2])
        for words, links, log_probs, backoffs, starts in orders:
            indices = (np.ascontiguousarray(array, np.uint32) for array in (words, links, starts))
            words, links, starts = indices
            floats = (np.ascontiguousarray(array, np.float32) for array in (log_probs, backoffs))
            self._lookup.add(words, links, *floats, starts)

    def read(
        self, words: np.ndarray, ends: np.ndarray, states: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Read sequences of words, sequence i up to ends[i], each from its state.

        Returns:
            log p of each word in nats, the state after each sequence, and the order that was used for each word.

        Raises:
            ShapeError: a word outside the vocabulary, sequences that do not cover the words, or an unknown state.
        """
        words, ends = np.ascontiguousarray(words, np.int64), np.ascontiguousarray(ends, np.int64)
        states = np.array(states, np.int64)
        if len(words) and not 0 <= words.min() <= words.max() < self._vocabulary:
            raise ShapeError(f"words: got ids {words.min()} to {words.max()}, expected 0..{self._vocabulary - 1}.")
        covered, begin = (int(ends[-1]), int(ends[0])) if len(ends) else (0, 0)
        if covered != len(words) or len(ends) != len(states) or begin < 0 or (ends[1:] < ends[:-1]).any():
            raise ShapeError(
                f"ends: got {len(ends)} up to {covered}, expected {len(states)} that rise to {len(words)}."
            )
        k, nodes = states >> 32, states & 0xFFFFFFFF
        if len(k) and (k.min() < 0 or k.max() >= len(self._sizes) or (nodes >= self._sizes[k]).any()):
            raise ShapeError("states: got some that this model does not have.")
        log_probs, orders = np.empty(len(words)), np.empty(len(words), np.uint8)
        self._lookup.read(words, ends, states, log_probs, orders, _THREADS)
        return log_probs, states, orders
