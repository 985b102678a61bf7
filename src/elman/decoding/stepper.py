"""A model that reads and writes token by token: all that sampling, search, sessions and scoring know of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.decoding.choice import NOTHING_BANNED, Banned, Choice, check_numbers, drawn, likeliest


class Read(NamedTuple):
    """What reading gave.

    Args:
        nats: -log p of each token but the first, (R, T); 0 in padding.
        state: after all tokens but the last, which is pending: it begins the next call.
        kept: what else was wanted and this stepper has, (R, T, ...) by name; `looked`: how much each place of its input
            was looked at when each token but the last was read.
    """

    nats: np.ndarray
    state: Any
    kept: Mapping[str, np.ndarray] = {}


class Best(NamedTuple):
    """The likeliest next tokens of some rows.

    Args:
        log_probs: of each, largest first, (R, k); -inf where fewer are possible.
        ids: which, (R, k). The end is none of them.
        log_end: of the end, (R,); -inf where there is none.
        state: after the token that was read.
    """

    log_probs: np.ndarray
    ids: np.ndarray
    log_end: np.ndarray
    state: Any

    def without(self, never: Sequence[int], end: int | None, k: int) -> "Best":
        """Return the k likeliest of each row that are not among some tokens, of which the end may be one."""
        if not len(never):
            return self
        out = np.isin(self.ids, never)
        left = np.argsort(out, axis=1, kind="stable")[:, :k]
        log_probs, ids = (np.take_along_axis(part, left, 1) for part in (self.log_probs, self.ids))
        log_end = np.full_like(self.log_end, -np.inf) if end in never else self.log_end
        return Best(log_probs, ids, log_end, self.state)


class Stepper(ABC):
    """Predicts the next token of rows of tokens, given what was read of each and the input that each belongs to.

    A state is a value: nothing changes one, and several calls, in several threads, may go on from it. A subclass gives
    `size`, `start`, `begin` and `advance`, and overrides what it can do faster. `select` and `join` know arrays, and
    tuples of them, whose first axis is the rows.

    A row of log-probabilities may be wider than `size`: ids from `size` on number the different unknown words of the
    input of the row, by their first occurrence. `advance` reads such an id as the unknown token.

    Args:
        size: V, how many tokens there are.
        start: the token that stands before the first.
        end: the token that ends a row; None where text goes on.
    """

    size: int
    start: int
    end: int | None = None

    @abstractmethod
    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state before the first token.

        Args:
            inputs: the number of the input that each row belongs to, (R,); rows of one input stand side by side.
        """

    @abstractmethod
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row, (R,), and return log p (nats, float64) of what comes next, (R, V), and the state."""

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first.

        Args:
            ids: (R, T + 1).
            lengths: how many tokens of each row are real, 1 to T + 1; None where all are.
            state: before the first of them.
            keep: names of what is wanted besides; what a stepper does not have it leaves out.
        """
        nats = np.zeros((len(ids), ids.shape[1] - 1))
        looked = np.zeros(nats.shape)

        def seen(rows: np.ndarray, t: int, log_probs: np.ndarray, state: Any) -> None:
            nonlocal looked
            nats[rows, t] = -log_probs[np.arange(len(rows)), ids[rows, t + 1]]
            weights = self.looked(state) if "looked" in keep else None
            if weights is not None:
                looked = looked if looked.ndim == 3 else np.zeros((*nats.shape, weights.shape[1]))
                looked[rows, t] = weights

        last = self._walked(ids, lengths, state, seen)
        return Read(nats, last, {"looked": looked} if looked.ndim == 3 else {})

    def nats_of(self, ids: np.ndarray, state: Any, rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, Any]:
        """Read one token a row, and return -log p of some that may come next, (N,), and the state, which is after it.

        Args:
            ids: to read, (R,).
            state: before them.
            rows: behind which row each wanted token would stand, ascending, (N,).
            wanted: tokens, (N,).
        """
        log_probs, state = self.advance(ids, state)
        return -log_probs[rows, wanted], state

    def read_lines(self, ids: np.ndarray, ends: np.ndarray) -> Read | None:
        """Return what the tokens of separate lines get, each line read from the start, (T,) instead of (R, T).

        None where lines are better read side by side, in rows with padding.

        Args:
            ids: of all lines, one behind the other, (T,).
            ends: where each line ends among them.
        """
        return None

    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> np.ndarray:
        """Return the likeliest token after each token but the last, (R, T): what would be written behind right ones.

        Args:
            ids: (R, T + 1).
            lengths: how many tokens of each row are real, 1 to T + 1; None where all are. What padding gets means
                nothing.
            state: before the first of them.
        """
        found = np.zeros((len(ids), ids.shape[1] - 1), np.int64)

        def seen(rows: np.ndarray, t: int, log_probs: np.ndarray, state: Any) -> None:
            found[rows, t] = log_probs.argmax(1)

        self._walked(ids, lengths, state, seen)
        return found

    def _walked(
        self,
        ids: np.ndarray,
        lengths: np.ndarray | None,
        state: Any,
        seen: Callable[[np.ndarray, int, np.ndarray, Any], None],
    ) -> Any:
        """Return the state after all tokens of each row but the last, read one by one.

        Args:
            ids: (R, T + 1).
            lengths: how many tokens of each row are real; None where all are.
            state: before the first.
            seen: is told after each step which rows made it, its number, log p of what comes next, and the state.
        """
        rows = np.arange(len(ids))
        lengths = np.full(len(ids), ids.shape[1]) if lengths is None else lengths
        parts, order = [], []
        for t in range(ids.shape[1]):
            done = np.flatnonzero(lengths[rows] == t + 1)
            if len(done):
                going = np.flatnonzero(lengths[rows] > t + 1)
                parts.append(self.select(state, done))
                order.append(rows[done])
                state, rows = self.select(state, going), rows[going]
            if not len(rows):
                break
            log_probs, state = self.advance(ids[rows, t], state)
            seen(rows, t, log_probs, state)
        return self.select(self.join(parts), np.argsort(np.concatenate(order))) if order else state

    def best(self, ids: np.ndarray, state: Any, k: int, banned: Banned = NOTHING_BANNED) -> Best:
        """Read one token a row and return the k likeliest that may come next, and how likely the end is.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        log_probs, state = self.advance(ids, state)
        return self.among(log_probs, state, k, banned)

    def among(self, log_probs: np.ndarray, state: Any, k: int, banned: Banned) -> Best:
        """Return the k likeliest of log-probabilities (R, V) of what comes next, and that of the end.

        Raises:
            TrainingError: some are no numbers.
        """
        check_numbers(log_probs)
        left, log_end = banned.out_of(log_probs), np.full(len(log_probs), -np.inf)
        if self.end is not None:
            log_end = left[:, self.end].copy()
            left = left.copy() if left is log_probs else left
            left[:, self.end] = -np.inf
        found = likeliest(left, k)
        return Best(np.take_along_axis(left, found, 1), found, log_end, state)

    def draw(
        self, ids: np.ndarray, state: Any, choice: Choice, uniforms: np.ndarray, banned: Banned = NOTHING_BANNED
    ) -> tuple[np.ndarray, Any]:
        """Read a token a row, draw the next, read that, and so on.

        Args:
            ids: to read first, (R,).
            state: before them.
            choice: how a token is chosen.
            uniforms: a number in [0, 1) for each draw, (R, K).
            banned: tokens that are drawn only where nothing else is possible.

        Returns:
            the drawn tokens, (R, K), and the state before the last of them, which is pending.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        found = np.empty(uniforms.shape, np.int64)
        for place in range(uniforms.shape[1]):
            log_probs, state = self.advance(ids, state)
            ids = found[:, place] = drawn(log_probs, choice, uniforms[:, place], banned)
        return found, state

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows, in that order."""
        if isinstance(state, tuple):
            return _alike(state, [self.select(part, rows) for part in state])
        return state[rows]

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        if isinstance(states[0], tuple):
            return _alike(states[0], [self.join(parts) for parts in zip(*states, strict=True)])
        return np.concatenate(states)

    def looked(self, state: Any) -> np.ndarray | None:
        """Return how much each place of its input a row looked at when it read its last token, (R, T)."""
        return None


def behind_start(start: int, prefixes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens of each row behind the start token, (R, T), and how many of them are real, at least 1, (R,)."""
    lengths = np.array([len(prefix) + 1 for prefix in prefixes], np.int64)
    # Padding is 0, which every model can predict: the start may be a token that none does.
    ids = np.zeros((len(prefixes), int(lengths.max(initial=1))), np.int64)
    ids[:, 0] = start
    for row, prefix in zip(ids, prefixes, strict=True):
        row[1 : len(prefix) + 1] = prefix
    return ids, lengths


def _alike(state: Any, parts: Sequence[Any]) -> Any:
    """Return the parts as a tuple of the kind that a state is."""
    return state._make(parts) if hasattr(state, "_make") else type(state)(parts)
