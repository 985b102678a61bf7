"""How the next token is chosen from its probabilities."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.errors import ConfigError, TrainingError

NO_NUMBERS = "The model predicts no numbers (NaN): its training went astray, or its weights are broken. Train it anew."


class Choice(NamedTuple):
    """How the next token is chosen.

    Args:
        temperature: τ; log-probabilities are divided by it. 0 takes the likeliest token, 1 the model as it is.
        top_k: keep only the k likeliest tokens; 0 keeps all.
        top_p: keep the fewest likeliest tokens whose probabilities reach p (nucleus sampling); 1 keeps all.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def check(self) -> None:
        """Refuse values that mean nothing.

        Raises:
            ConfigError: one line for each wrong value.
        """
        wrong = []
        if not 0 <= self.temperature < float("inf"):
            wrong.append(f"temperature: got {self.temperature:g}, expected 0 or more.")
        if self.top_k < 0:
            wrong.append(f"top_k: got {self.top_k}, expected 0 (all) or more.")
        if not 0 < self.top_p <= 1:
            wrong.append(f"top_p: got {self.top_p:g}, expected above 0 and at most 1.")
        if wrong:
            raise ConfigError(*wrong)


class Banned(NamedTuple):
    """Tokens that may not come next.

    Args:
        always: ids, in every row.
        rows: a row for each of `ids`.
        ids: may not come in that row.
    """

    always: Sequence[int] = ()
    rows: Sequence[int] = ()
    ids: Sequence[int] = ()

    def out_of(self, log_probs: np.ndarray) -> np.ndarray:
        """Return log-probabilities (R, V) with -inf where something is banned."""
        if not len(self.always) and not len(self.ids):
            return log_probs
        left = log_probs.copy()
        left[:, list(self.always)] = -np.inf
        left[list(self.rows), list(self.ids)] = -np.inf
        return left


NOTHING_BANNED = Banned()


def distribution(log_probs: np.ndarray, choice: Choice) -> np.ndarray:
    """Return the probabilities (V,) that a token is drawn from.

        p_k ∝ exp(log p_k / τ) over the tokens that top_k and top_p keep

    Args:
        log_probs: (V,) in nats; -inf excludes a token.
        choice: temperature and truncation.

    Source: top-p: Holtzman et al. (2020), arXiv:1904.09751.
    """
    if choice.temperature == 0:
        return (np.arange(len(log_probs)) == log_probs.argmax()).astype(np.float64)
    scaled = log_probs / choice.temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    if not choice.top_k and choice.top_p == 1:
        return probabilities
    order = np.argsort(-probabilities, kind="stable")
    kept = len(order)
    if choice.top_k:
        kept = min(kept, choice.top_k)
    if choice.top_p < 1:
        kept = min(kept, int(np.searchsorted(np.cumsum(probabilities[order]), choice.top_p)) + 1)
    probabilities[order[kept:]] = 0.0
    return probabilities / probabilities.sum()


def draw(probabilities: np.ndarray, u: float) -> int:
    """Return the token k with P(<k) <= u < P(<=k): the inverse of the cumulative distribution at u in [0, 1)."""
    cumulative = np.cumsum(probabilities)
    token = int(np.searchsorted(cumulative, u * cumulative[-1], side="right"))
    return min(token, int(np.flatnonzero(probabilities)[-1]))


def drawn(log_probs: np.ndarray, choice: Choice, uniforms: np.ndarray, banned: Banned) -> np.ndarray:
    """Return a token of each row (R, V), drawn with the number of that row, (R,).

    Where nothing else is possible, what is banned is drawn.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    check_numbers(log_probs)
    allowed = banned.out_of(log_probs)
    some = np.isfinite(allowed).any(-1, keepdims=True)
    rows = np.where(some, allowed, log_probs)
    return np.array([draw(distribution(row, choice), u) for row, u in zip(rows, uniforms, strict=True)], np.int64)


def likeliest(log_probs: np.ndarray, k: int) -> np.ndarray:
    """Return the ids of the k largest numbers of each row (R, V), largest first, equal ones by their ids, (R, k)."""
    k = min(k, log_probs.shape[1])
    if k == 0:
        return np.empty((len(log_probs), 0), np.int64)
    found = np.argpartition(-log_probs, k - 1, axis=1)[:, :k]
    lowest = np.take_along_axis(log_probs, found, 1).min(1, keepdims=True)
    # Where the last place is tied, the partition took any of the equal ones.
    for row in np.flatnonzero((log_probs >= lowest).sum(1) > k):
        found[row] = np.argsort(-log_probs[row], kind="stable")[:k]
    found = np.sort(found, axis=1)
    order = np.argsort(-np.take_along_axis(log_probs, found, 1), axis=1, kind="stable")
    return np.take_along_axis(found, order, 1)


def check_numbers(log_probs: np.ndarray) -> None:
    """Refuse what is not a number.

    Raises:
        TrainingError: there is something.
    """
    if np.isnan(log_probs).any():
        raise TrainingError(NO_NUMBERS)
