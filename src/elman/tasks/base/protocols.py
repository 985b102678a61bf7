"""What tasks ask of models, whatever these are: a network, counts, vectors."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from elman.data.records import Answers, Batch
from elman.vectors.lexicon import WordVectors


class Embedder(WordVectors, Protocol):
    """What task `embed` asks of a model: vectors of words, and what it has learned of the words around them."""

    def loss(self, source: Any, seed: int) -> tuple[float, int]:
        """Return the mean loss (nats) of the pairs of a text, drawn as in training, and how many there are."""

    def missing_word(self, contexts: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the likeliest word between the words around it, of each context, (N,)."""


class Labeler(Protocol):
    """What tasks of tags, labels and scores ask of a model, a network or not."""

    def answers(self, batch: Batch) -> Answers:
        """Return what the model answers to a batch."""

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return how many steps it makes of so many places of a field."""
