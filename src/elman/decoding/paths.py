"""The live paths of a search, and those that are finished."""

from bisect import insort
from typing import NamedTuple

import numpy as np


class Hypothesis(NamedTuple):
    """A sequence that was found.

    Args:
        ids: its tokens, without start and end.
        log_prob: log p (nats) of all of them, of a prefix that was given too, and of the end if it ended.
        score: what the search ordered by.
        ended: whether it reached an end; False where it was cut at the longest that it may be.
        given: the part of `log_prob` that is the prefix's.
        looked: how much each place of the input was looked at for each token that was searched for, the end included,
            (U, T); None where nothing is looked at.
    """

    ids: list[int]
    log_prob: float
    score: float
    ended: bool
    given: float = 0.0
    looked: np.ndarray | None = None


class Paths(NamedTuple):
    """Paths side by side, those of an input together, best first.

    Args:
        inputs: whose each is, (R,).
        log_probs: Σ log p of each, (R,).
        lengths: how many tokens each has, (R,).
        tokens: of each, (R, room).
        looked: how much each place of the input was looked at for each token, (R, U, T), if at all.
    """

    inputs: np.ndarray
    log_probs: np.ndarray
    lengths: np.ndarray
    tokens: np.ndarray
    looked: np.ndarray | None = None

    def select(self, rows: np.ndarray) -> "Paths":
        """Return some paths."""
        looked = None if self.looked is None else self.looked[rows]
        return Paths(self.inputs[rows], self.log_probs[rows], self.lengths[rows], self.tokens[rows], looked)

    def watching(self, looked: np.ndarray | None) -> "Paths":
        """Return them with where each looked for its next token, (R, T)."""
        if looked is None:
            return self
        steps = looked[:, None] if self.looked is None else np.concatenate([self.looked, looked[:, None]], axis=1)
        return self._replace(looked=steps)

    def extended(self, log_probs: np.ndarray, ids: np.ndarray, width: int) -> tuple["Paths", np.ndarray]:
        """Return the likeliest extensions of the paths of each input, and which path each extends.

        Args:
            log_probs: of the tokens that each path may be extended by, (R, k), -inf for none.
            ids: these tokens, (R, k); those of equal log-probability by their number.
            width: how many extensions of an input stay.
        """
        scores = (self.log_probs[:, None] + log_probs).ravel()
        inputs = np.repeat(self.inputs, ids.shape[1])
        places = np.lexsort((-scores, inputs))  # stable: equal ones by path, then by token
        places = places[np.isfinite(scores[places])]
        ordered = inputs[places]
        rank = np.arange(len(places)) - np.searchsorted(ordered, ordered)
        places = places[rank < width]
        parents = places // max(1, ids.shape[1])
        made = self.select(parents)
        made.tokens[np.arange(len(places)), made.lengths] = ids.ravel()[places]
        return made._replace(log_probs=scores[places], lengths=made.lengths + 1), parents

    def repeats(self, size: int) -> tuple[list[int], list[int]]:
        """Return which tokens would make `size` tokens in a row a second time: paths and tokens, one beside another."""
        rows: list[int] = []
        ids: list[int] = []
        for row, length in enumerate(self.lengths.tolist() if size else []):
            path = self.tokens[row, :length].tolist()
            last = path[length - size + 1 :] if size > 1 else []
            found = {path[i + size - 1] for i in range(length - size + 1) if path[i : i + size - 1] == last}
            rows += [row] * len(found)
            ids += sorted(found)
        return rows, ids


class Results:
    """The best finished paths of each input.

    Args:
        given: log p of the prefix of each input, (I,).
        wanted: n, how many are kept.
    """

    def __init__(self, given: np.ndarray, wanted: int) -> None:
        self._given = given
        self._wanted = wanted
        self._found: list[list[Hypothesis]] = [[] for _ in given]
        self.worst = np.full(len(given), -np.inf)
        """The n-th best score of each input; -inf as long as there are fewer."""

    def offer(self, paths: Paths, log_probs: np.ndarray, scores: np.ndarray, ended: bool) -> None:
        """Take the paths that are among the best; -inf is no path. Of equal ones the first stays."""
        for row in np.flatnonzero(np.isfinite(log_probs) & (scores > self.worst[paths.inputs])).tolist():
            number = int(paths.inputs[row])
            ids = paths.tokens[row, : paths.lengths[row]].tolist()
            looked = None if paths.looked is None else paths.looked[row].copy()  # else it would hold those of all
            given = float(self._given[number])
            best = self._found[number]
            made = Hypothesis(ids, float(log_probs[row]), float(scores[row]), ended, given, looked)
            insort(best, made, key=lambda one: -one.score)
            del best[self._wanted :]
            if len(best) == self._wanted:
                self.worst[number] = best[-1].score

    def none_of(self, inputs: np.ndarray) -> np.ndarray:
        """Return those of some inputs that have no finished path."""
        return np.array([number for number in inputs.tolist() if not self._found[number]], np.int64)

    def best(self) -> list[list[Hypothesis]]:
        """Return what is kept, best first."""
        return self._found
