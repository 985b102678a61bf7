"""Lookup of n-grams in compiled code."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.errors import ShapeError

_THREADS = os.cpu_count() or 1


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
