"""What a guess promises: pieces of passages by what the coder says of words, choices by their words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from elman.coders.passages import PassagesCoder
from elman.data.encoded import Encoded
from elman.data.records import Batch, Example
from elman.decoding.spans import Scored
from elman.text.passages import spoken
from elman.text.spelling import SHAPES

_LOW = -1e4
"""The logit of a word that is not meant; a number, so that there always is an answer."""

_NUMBERS, _NAMES = {"digits"}, {"Upper", "ALL", "mIxed"}
_COUNTED = ({"how", "many"}, {"how", "much"}, {"when"}, {"year"}, {"date"}, {"how", "long"}, {"how", "old"})


class Guess(ABC):
    """Answers without learning to read.

    Args:
        coder: of the words.
        data: the training part.
    """

    title: ClassVar[str]
    """What it is called."""

    way: ClassVar[str]
    """What it answers with, by the name of a `Way`."""

    frequencies: ClassVar[bool] = False
    """Whether it knows nothing but how often answers are given."""

    def __init__(self, coder: PassagesCoder, data: Encoded) -> None:
        self._coder = coder


class PieceGuess(Guess):
    """A piece of a passage, from the batch alone."""

    way = "piece"

    def spans(self, batch: Batch) -> Scored:
        """Return logits that leave one piece of each passage."""
        passage, questions = batch.fields["passage"], batch.fields["question"]
        start = np.full(passage.values.shape, _LOW)
        end = start.copy()
        shapes = batch.tables["shapes"].values[:, 0][batch.fields["passage.forms"].values]
        signs = batch.fields["passage.signs"].values
        for row, (length, asked) in enumerate(zip(passage.lengths, questions.lengths, strict=True)):
            words = [self._coder.words.tokens[one] for one in questions.values[row, :asked]]
            first, last = self.piece(passage.values[row, :length], shapes[row, :length], signs[row, :length], words)
            start[row, first], end[row, last] = 0, 0
        return Scored(start, end)

    @abstractmethod
    def piece(self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> tuple[int, int]:
        """Return the first and the last word of the piece that is taken."""


class ChoiceGuess(Guess):
    """One of some answers, by the words of the texts."""

    way = "choice"

    def log_probs(self, example: Example) -> np.ndarray:
        """Return log p of each answer (nats), (K,): equal for those with the highest score, -inf for the others."""
        fields = example.fields
        passage, question, *choices = map(spoken, (fields["passage"], fields["question"], *fields["choices"]))
        # To twelve digits: sums of the same numbers in another order are as good.
        scores = np.array([self.score(passage, question, choice) for choice in choices]).round(12)
        best = scores == scores.max()
        return np.where(best, -np.log(best.sum()), -np.inf)

    @abstractmethod
    def score(self, passage: Sequence[str], question: Sequence[str], choice: Sequence[str]) -> float:
        """Return how good an answer is.

        Args:
            passage: its words, in lower case and without marks.
            question: the same.
            choice: the same of the answer.
        """


def candidates(shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each run of numbers, or of capitalised words that the question has not."""
    numbers = any(some <= set(question) for some in _COUNTED)
    wanted = [SHAPES.index(name) for name in (_NUMBERS if numbers else _NAMES)]
    fits = np.isin(shapes, wanted) & ((signs[:, 1] == 0) | numbers)
    edges = np.diff(np.concatenate([[0], fits.astype(np.int8), [0]]))
    yield from zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)
