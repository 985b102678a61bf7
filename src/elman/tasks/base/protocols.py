"""What tasks ask of models, whatever these are: a network, counts, vectors."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from elman.data.records import Answers, Batch


@runtime_checkable
class ReadsSequences(Protocol):
    """A language model that reads many sequences of different lengths at once, faster than batch by batch."""

    def read_sequences(
        self, words: np.ndarray, ends: np.ndarray, start_id: int
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return log p (nats) of each word, and the order of the n-gram that gave it, if n-grams did.

        Args:
            words: of all sequences, one behind the other.
            ends: where each sequence ends among them.
            start_id: what stands before each.
        """


@runtime_checkable
class HasHidden(Protocol):
    """A language model with hidden states that can be compared."""

    def initial_state(self, batch_size: int) -> Any:
        """Return the state before the first token."""

    def nll_and_hidden(self, batch: Batch, state: Any) -> tuple[np.ndarray, np.ndarray, Any]:
        """Return -log p of each target (B, T), the hidden states that gave it (B, T, H), and the state after."""


class LanguageModel(Protocol):
    """What task `lm` asks of a model, a network or not. States are opaque; rows are (B, ...)."""

    def initial_state(self, batch_size: int) -> Any:
        """Return the state before the first token."""

    def nll(self, batch: Batch, state: Any) -> tuple[np.ndarray, Any]:
        """Return -log p (nats, float64) of each target of a batch (B, T), and the state after it."""

    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row (B,) and return log p (nats, float64) of the next, (B, V), and the state."""

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows, in that order."""


class Embedder(Protocol):
    """What task `embed` asks of a model: vectors of words."""

    @property
    def vectors(self) -> np.ndarray:
        """The vector of each word, (V, D)."""

    def vector_of(self, word: str) -> np.ndarray | None:
        """Return the vector of any word (D,), also of one that the training text lacks; None where there is none."""

    def loss(self, source: Any, seed: int) -> tuple[float, int]:
        """Return the mean loss (nats) of the pairs of a text, drawn as in training, and how many there are."""

    def missing_word(self, contexts: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the likeliest word between the words around it, of each context, (N,)."""


class Labeler(Protocol):
    """What tasks of tags, labels and scores ask of a model, a network or not."""

    def answers(self, batch: Batch) -> Answers:
        """Return what the model answers to a batch."""
