"""The unigram model: how often each token occurs, and nothing else."""

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from elman.data.outlines import Outline, tokens_of
from elman.data.store import TokenStore
from elman.decoding.stepper import Read, Stepper
from elman.errors import CheckpointError
from elman.models.base import Fitted, Fitting, Model, check_names

_TOKENS_A_SECOND = 1e8


class Unigram(Fitted):
    """Token frequencies with add-δ smoothing: the floor that every language model has to beat.

        p(k) = (c_k + δ) / (N + δ V)

    Without data (N = 0), or as δ grows, it is the uniform model, whose perplexity is V.

    Args:
        config: `delta`.
        reads: `tokens`, V of them.
        answers: `next_token`.

    Source: Jurafsky & Martin, Speech and Language Processing, chapter 3 (Laplace and add-k smoothing).
    """

    class Config(Model.Config):
        """Options of the unigram model."""

        name: str = "unigram"
        delta: float = Field(1.0, gt=0, description="δ, added to every count.")

    reads = (("tokens",),)
    predicts = ("next_token",)

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        tokens = tokens_of(reads, "tokens")
        self._start = tokens.marks.get("start", 0)
        self._log_probs = self._smooth(np.zeros(len(tokens), dtype=np.int64))

    def seconds(self, source: TokenStore) -> float:
        """Return next to nothing."""
        return len(source) / _TOKENS_A_SECOND

    def fit(self, source: TokenStore, fitting: Fitting) -> None:
        """Count the tokens."""
        self._log_probs = self._smooth(source.counts(len(self._log_probs)))

    def weights(self) -> dict[str, np.ndarray]:
        """Return log p of every token."""
        return {"log_probs": self._log_probs}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take log p of every token."""
        log_probs = weights.get("log_probs")
        if log_probs is None or log_probs.shape != self._log_probs.shape:
            raise CheckpointError(f"the unigram model has no log_probs of shape {self._log_probs.shape}.")
        if log_probs.dtype.kind != "f" or (log_probs > 0).any():
            raise CheckpointError("the log_probs of the unigram model are no logarithms of probabilities.")
        check_names(weights, ["log_probs"])
        self._log_probs = log_probs

    def stepper(self) -> Stepper:
        """Return what reads and writes token by token."""
        return _UnigramStepper(self._log_probs, self._start)

    def _smooth(self, counts: np.ndarray) -> np.ndarray:
        smoothed = counts + self.config.delta
        return np.log(smoothed) - np.log(smoothed.sum())


class _UnigramStepper(Stepper):
    """Token frequencies as a stepper. A state only has its rows."""

    def __init__(self, log_probs: np.ndarray, start: int) -> None:
        self._log_probs = log_probs
        self.size, self.start = len(log_probs), start

    def begin(self, inputs: np.ndarray) -> np.ndarray:
        """Return nothing, for each row."""
        return np.zeros(len(inputs))

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same log-probabilities for every row."""
        return np.tile(self._log_probs, (len(ids), 1)), state

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: np.ndarray, keep: Sequence[str] = ()) -> Read:
        """Return -log p of each token but the first."""
        nats = -self._log_probs[ids[:, 1:]]
        if lengths is not None:
            nats[np.arange(nats.shape[1]) >= lengths[:, None] - 1] = 0.0
        return Read(nats, state)
