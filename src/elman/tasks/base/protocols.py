"""What tasks ask of models, whatever these are, and what some models ask of tasks."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from elman.data.records import Answers, Batch
from elman.evaluation.rewards import Reward
from elman.tasks.base.data import TaskData
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


class Stream(Protocol):
    """Frames of one recording, of which what was read before is known."""

    def read(self, frames: np.ndarray) -> np.ndarray:
        """Return log p of each label at the steps that these frames end."""

    def end(self) -> np.ndarray:
        """Return the same of the last steps, if frames are left that are no whole one."""


@runtime_checkable
class Streaming(Protocol):
    """What labels of frames ask of a model with steps, if it has some."""

    span: int
    """How many frames it is from one step to the next."""

    def stream(self) -> Stream:
        """Return what reads one recording piece by piece.

        Raises:
            ConfigError: the model looks ahead.
        """


@runtime_checkable
class Rewarding(Protocol):
    """What models that learn from rewards ask of a task, and only some tasks can tell."""

    def reward(self, data: TaskData) -> Reward:
        """Return how good the task finds what is written, given what it prepared."""
