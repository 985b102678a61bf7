"""What tasks ask of models, whatever these are: a network, counts, vectors."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from elman.data.records import Answers, Batch


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
