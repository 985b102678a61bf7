"""The unigram model: how often each token occurs, and nothing else."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import Field

from elman.data.outlines import Outline, tokens_of
from elman.data.records import Batch
from elman.data.store import TokenStore
from elman.errors import CheckpointError
from elman.models.base import Fitted, Fitting, Model


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
        self._log_probs = self._smooth(np.zeros(len(tokens_of(reads, "tokens")), dtype=np.int64))

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
        self._log_probs = log_probs

    def initial_state(self, batch_size: int) -> np.ndarray:
        """Return a state that only remembers how many rows there are."""
        return np.zeros(batch_size)

    def nll(self, batch: Batch, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return -log p of each target."""
        return -self._log_probs[batch.fields["next_token"].values], state

    def advance(self, ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the same log-probabilities for every row."""
        return np.tile(self._log_probs, (len(ids), 1)), state

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return a state with so many rows."""
        return state[rows]

    def _smooth(self, counts: np.ndarray) -> np.ndarray:
        smoothed = counts + self.config.delta
        return np.log(smoothed) - np.log(smoothed.sum())
