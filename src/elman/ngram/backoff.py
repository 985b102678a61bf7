"""An n-gram model as it is asked: probabilities, backoff weights, and where each n-gram goes on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.native import compiled
from elman.native.ngrams import NgramLookup

_INDEX = np.int64(0xFFFFFFFF)
_ROUNDED = 1e-4


class Order(NamedTuple):
    """The n-grams of one order k, sorted by their first k - 1 words and then by the last.

    Args:
        words: (N) the last word; order 1 has every id of the vocabulary.
        links: (N) which n-gram of order k - 1 the last words are; empty for order 1.
        log_probs: (N) log p(last | first words), in nats.
        backoffs: (N) log of what p_below is multiplied with after this n-gram, 0 where nothing follows it; empty for
            the highest order.
        starts: (N + 1) where the n-grams of order k + 1 begin that this one is the context of; empty for the highest.
    """

    words: np.ndarray
    links: np.ndarray
    log_probs: np.ndarray
    backoffs: np.ndarray
    starts: np.ndarray

    def fits(self, below: "Order | None", above: "Order | None", vocabulary: int) -> bool:
        """Say whether these are n-grams with probabilities, and a walk stays inside of it and its neighbours."""
        size, starts = len(self.log_probs), self.starts
        types = (np.uint32, np.uint32, np.float32, np.float32, np.uint32)
        right = all(array.dtype == kind for array, kind in zip(self, types, strict=True))
        right = right and len(self.words) == size > 0
        right = right and int(self.words.max()) < vocabulary
        if below is not None:
            right = right and len(self.links) == size and int(self.links.max()) < len(below.log_probs)
        if above is not None:
            right = right and len(self.backoffs) == size and len(starts) == size + 1
            right = right and starts[0] == 0 and int(starts[-1]) == len(above.log_probs)
            right = right and bool((starts[1:] >= starts[:-1]).all())
        return bool(right) and self._is_sorted(below) and self._has_probabilities()

    def _is_sorted(self, below: "Order | None") -> bool:
        """Say whether the last words rise after each context, and a link leads to an n-gram with the same last word."""
        if below is None:
            return True
        rises = self.words[1:] > self.words[:-1]
        first = below.starts[(below.starts > 0) & (below.starts < len(self.words))].astype(np.int64) - 1
        rises[first] = True
        return bool(rises.all() and (below.words[self.links] == self.words).all())

    def _has_probabilities(self) -> bool:
        """Say whether no probability is above 1 but for rounding, and each backoff is a number."""
        return bool((self.log_probs <= _ROUNDED).all() and (self.backoffs < np.inf).all())

    def contexts(self) -> np.ndarray:
        """Return which n-gram of this order is the context of each of the next order."""
        sizes: np.ndarray = self.starts[1:].astype(np.int64) - self.starts[:-1]
        return np.repeat(np.arange(len(sizes)), sizes)


class Steps(NamedTuple):
    """What a model says to one word in each of some states.

    Args:
        log_probs: log p of the word, in nats.
        states: after the word.
        orders: the order of the n-gram that gave the probability.
    """

    log_probs: np.ndarray
    states: np.ndarray
    orders: np.ndarray


class BackoffModel:
    """Probabilities of n-grams, and of all others by backing off.

        p(w | w_1 .. w_k) = p of the n-gram w_1 .. w_k w if it is there, else b(w_1 .. w_k) p(w | w_2 .. w_k)

    A state is the longest n-gram of the text so far that the model has, as k 2^32 + its number; 0 is the empty one.

    Args:
        orders: of order 1, 2, ..., n.
        uniform: whether backing off goes to 1 / V at once instead of to the shorter context.
    """

    def __init__(self, orders: Sequence[Order], uniform: bool = False) -> None:
        self.orders = tuple(orders)
        self.uniform = uniform
        self._lookup: NgramLookup | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lookup": None}  # compiled tables can be neither copied nor pickled

    @property
    def vocabulary(self) -> int:
        """V, how many words there are."""
        return len(self.orders[0].log_probs)

    def read(self, words: np.ndarray, ends: np.ndarray, states: np.ndarray) -> Steps:
        """Read sequences of words, each from its state, in compiled code where there is some.

        Args:
            words: of all sequences, one behind the other.
            ends: where each sequence ends among them.
            states: before each sequence.

        Returns:
            log p and orders of each word, and the state after each sequence.
        """
        kernels = compiled()
        if kernels is None:
            return self._read(words, ends, states)
        if self._lookup is None:
            self._lookup = NgramLookup(kernels, self.orders, self.uniform)
        return Steps(*self._lookup.read(words, ends, states))

    def _read(self, words: np.ndarray, ends: np.ndarray, states: np.ndarray) -> Steps:
        """Read sequences side by side, longest first: what compiled code has to equal."""
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)[: len(ends)]
        lengths, after = ends - starts, states.copy()
        log_probs, orders = np.zeros(len(words)), np.zeros(len(words), np.uint8)
        order = np.argsort(-lengths, kind="stable")
        for t in range(int(lengths.max(initial=0))):
            rows = order[: int((lengths > t).sum())]
            places = starts[rows] + t
            steps = self.step(after[rows], words[places])
            log_probs[places], after[rows], orders[places] = steps
        return Steps(log_probs, after, orders)

    def step(self, states: np.ndarray, words: np.ndarray) -> Steps:
        """Read one word in each state, (B) int64 each."""
        states, log_probs = states.copy(), np.zeros(len(states))
        used, after = np.zeros(len(states), np.int64), np.zeros_like(states)
        settled = np.zeros(len(states), bool)  # the probability is known, the state after it is not
        for k in range(len(self.orders) - 1, -1, -1):
            rows = np.flatnonzero((states >> 32 == k) & (used == 0))
            nodes = states[rows] & _INDEX
            children = self._child(k, nodes, words[rows])
            there = children >= 0
            found, children = rows[there], children[there]
            log_probs[found] += np.where(settled[found], 0.0, self.orders[k].log_probs[children])
            used[found] = k + 1
            after[found] = self._state(k + 1, children)
            lost, nodes = rows[~there], nodes[~there]
            if k and len(lost):
                below = self._below(k, nodes)
                log_probs[lost] += np.where(settled[lost], 0.0, below)
                if self.uniform:
                    settled[lost] |= below != 0
                states[lost] = self._shorter(k, nodes)
        return Steps(log_probs, after, used)

    def distribution(self, state: int) -> np.ndarray:
        """Return log p of every word in a state, (V) in nats."""
        path = [int(state)]
        while path[-1]:
            k, node = path[-1] >> 32, path[-1] & int(_INDEX)
            path.append(int(self._shorter(k, np.array([node]))[0]))
        log_probs = self.orders[0].log_probs.astype(np.float64)
        for k, node in ((state >> 32, state & int(_INDEX)) for state in reversed(path[:-1])):
            if k == len(self.orders):
                continue
            below = self._below(k, np.array([node]))[0]
            first, stop = self.orders[k - 1].starts[node : node + 2].tolist()
            if self.uniform and first < stop:
                log_probs[:] = below
            else:
                log_probs += below
            log_probs[self.orders[k].words[first:stop]] = self.orders[k].log_probs[first:stop]
        return log_probs

    def _below(self, k: int, nodes: np.ndarray) -> np.ndarray:
        """Return what is added to log p when n-grams of order k are left for what is below them."""
        order = self.orders[k - 1]
        backoffs = order.backoffs[nodes].astype(np.float64)
        if not self.uniform:
            return backoffs
        followed = order.starts[nodes + 1] > order.starts[nodes]
        return np.where(followed, backoffs - np.log(self.vocabulary), 0.0)

    def _child(self, k: int, nodes: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Return the n-grams of order k + 1 that are those of order k and a word, -1 where there is none."""
        if k == 0:
            return words.astype(np.int64)
        order, above = self.orders[k - 1], self.orders[k]
        low, stop = order.starts[nodes].astype(np.int64), order.starts[nodes + 1].astype(np.int64)
        high = stop.copy()
        while (low < high).any():
            middle = (low + high) // 2
            smaller = (low < high) & (above.words[np.minimum(middle, len(above.words) - 1)] < words)
            low, high = np.where(smaller, middle + 1, low), np.where(smaller | (low >= high), high, middle)
        there = low < stop
        there[there] = above.words[low[there]] == words[there]
        return np.where(there, low, -1)

    def _state(self, k: int, nodes: np.ndarray) -> np.ndarray:
        """Return the states after n-grams of order k; those of the highest order go on without their first word."""
        if k < len(self.orders):
            return (np.int64(k) << 32) | nodes
        return self._shorter(k, nodes)

    def _shorter(self, k: int, nodes: np.ndarray) -> np.ndarray:
        """Return the states without the first word of n-grams of order k."""
        if k == 1:
            return np.zeros(len(nodes), np.int64)
        return (np.int64(k - 1) << 32) | self.orders[k - 1].links[nodes].astype(np.int64)
