"""Drawing one sequence token by token."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from elman.decoding.base import Advance
from elman.errors import ConfigError, TrainingError
from elman.randomness import uniforms

_AT_ONCE = 16
_NO_NUMBERS = "The model predicts no numbers (NaN): its training went astray, or its weights are broken. Train it anew."


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
            wrong.append(f"--temperature: got {self.temperature:g}, expected 0 or more.")
        if self.top_k < 0:
            wrong.append(f"--top-k: got {self.top_k}, expected 0 (all) or more.")
        if not 0 < self.top_p <= 1:
            wrong.append(f"--top-p: got {self.top_p:g}, expected above 0 and at most 1.")
        if wrong:
            raise ConfigError(*wrong)


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


Draw = Callable[[int, Any, Choice, np.ndarray, Sequence[int]], tuple[np.ndarray, Any]]
"""`(token, state, choice, uniforms, excluded) -> (drawn ids, state)`: reads a token, draws the next, reads that, ..."""


@runtime_checkable
class Drawing(Protocol):
    """A model that draws many tokens in one call."""

    def draw(
        self, token: int, state: Any, choice: Choice, uniforms: np.ndarray, excluded: Sequence[int]
    ) -> tuple[np.ndarray, Any]:
        """Return drawn ids, -1 where the model predicts no numbers, and the state. The last one is not yet read."""


def sample(
    advance: Advance,
    state: Any,
    prompt: np.ndarray,
    choice: Choice,
    seed: int,
    excluded: Sequence[int] = (),
    many: Draw | None = None,
) -> Iterator[int]:
    """Yield tokens without end: each is drawn, then read by the model as its next input.

    Args:
        advance: the model's step.
        state: its state before the prompt, one row.
        prompt: ids to read first, at least one.
        choice: how a token is chosen.
        seed: the draw at place t depends on (seed, t) alone.
        excluded: tokens that are never drawn, such as `<unk>`.
        many: draws many tokens at once, where a model can; the same tokens.

    Raises:
        TrainingError: what the model predicts are no numbers.
    """
    for token in prompt[:-1]:
        _, state = advance(np.array([token]), state)
    token, place = int(prompt[-1]), 0
    while True:
        draws = uniforms(seed, "sample", _AT_ONCE, place)
        place += _AT_ONCE
        if many is not None:
            ids, state = many(token, state, choice, draws, excluded)
            if (ids < 0).any():
                raise TrainingError(_NO_NUMBERS)
            yield from ids.tolist()
            token = int(ids[-1])
            continue
        for u in draws:
            log_probs, state = advance(np.array([token]), state)
            row = log_probs[0].copy()
            if np.isnan(row).any():
                raise TrainingError(_NO_NUMBERS)
            allowed = row.copy()
            allowed[list(excluded)] = -np.inf
            # Where nothing else is possible, what should not be drawn is.
            row = allowed if np.isfinite(allowed).any() else row
            token = draw(distribution(row, choice), u)
            yield token
