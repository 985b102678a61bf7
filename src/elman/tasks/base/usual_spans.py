"""What finds answers without learning: by the question alone, by a word in common, by a window of such words."""

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.coders.passages import PassagesCoder
from elman.data.encoded import Encoded
from elman.data.records import Batch
from elman.decoding.spans import Scored
from elman.text.passages import passage_words
from elman.text.spelling import SHAPES

_LOW = -1e4
"""The logit of a word that is not meant; a number, so that there always is an answer."""

_REACH, _FALL = 15, 0.1
_NUMBERS, _NAMES = {"digits"}, {"Upper", "ALL", "mIxed"}
_COUNTED = ({"how", "many"}, {"how", "much"}, {"when"}, {"year"}, {"date"}, {"how", "long"}, {"how", "old"})


class _Usual(ABC):
    """Answers from the batch alone.

    Args:
        coder: of the words.
    """

    frequencies = False

    def __init__(self, coder: PassagesCoder) -> None:
        self._coder = coder

    def spans(self, batch: Batch) -> Scored:
        """Return logits that leave one piece of each passage."""
        passage, questions = batch.fields["passage"], batch.fields["question"]
        start = np.full(passage.values.shape, _LOW)
        end = start.copy()
        shapes = batch.tables["shapes"].values[:, 0][batch.fields["passage.forms"].values]
        signs = batch.fields["passage.signs"].values
        for row, (length, asked) in enumerate(zip(passage.lengths, questions.lengths, strict=True)):
            words = [self._coder.words.tokens[one] for one in questions.values[row, :asked]]
            first, last = self._piece(passage.values[row, :length], shapes[row, :length], signs[row, :length], words)
            start[row, first], end[row, last] = 0, 0
        return Scored(start, end)

    @abstractmethod
    def _piece(
        self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]
    ) -> tuple[int, int]:
        """Return the first and the last word of the piece that is taken."""


class FirstMatch(_Usual):
    """The first number or name of a passage behind the first word that it shares with the question.

    A number where the question asks how many or when, else a run of capitalised words that the question has not. Where
    none stands behind it, the first one of all.
    """

    def _piece(
        self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]
    ) -> tuple[int, int]:
        shared = np.flatnonzero(signs[:, 2] > 0)
        behind = int(shared[0]) if len(shared) else 0
        every = list(_candidates(shapes, signs, question))
        return next((piece for piece in every if piece[0] >= behind), next(iter(every), (0, 0)))


class SlidingWindow(_Usual):
    """Of such numbers or names the one around which most words of the question stand.

    Σ_{|d| <= 15} w(x_{i+d}) / (1 + 0.1 |d|)    over words x that the question has, w as of `PassagesCoder`
    """

    def _piece(
        self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]
    ) -> tuple[int, int]:
        there = np.flatnonzero(signs[:, 2] > 0)
        best, most = (0, 0), -1.0
        for first, last in _candidates(shapes, signs, question):
            away = np.where(there < first, first - there, np.maximum(there - last, 0))
            near = away <= _REACH
            value = float((signs[there[near], 2] / (1 + _FALL * away[near])).sum())
            if value > most:
                best, most = (first, last), value
        return best


class QuestionOnly(_Usual):
    """The answer that is most frequent in training where a question begins with the same two words, if it is there.

    Args:
        coder: of the words.
        data: the training part.
    """

    frequencies = True

    def __init__(self, coder: PassagesCoder, data: Encoded) -> None:
        super().__init__(coder)
        self._usual: defaultdict[tuple[str, ...], Counter[tuple[int, ...]]] = defaultdict(Counter)
        words: Any = coder
        for example in data.examples:
            begins = tuple(words.spelling.of(one) for one in passage_words(example.fields["question"])[:2])
            gold = passage_words(example.fields["golds"][0].text)
            self._usual[begins][tuple(coder.words.encode(map(words.spelling.of, gold)).tolist())] += 1

    def _piece(
        self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]
    ) -> tuple[int, int]:
        for answer, _ in self._usual.get(tuple(question[:2]), Counter[tuple[int, ...]]()).most_common():
            size = len(answer)
            places = [place for place in np.flatnonzero(ids == answer[0]) if tuple(ids[place : place + size]) == answer]
            if places:
                return int(places[0]), int(places[0]) + size - 1
        return 0, 0


def _candidates(shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield first and last word of each run of numbers, or of capitalised words that the question has not."""
    numbers = any(some <= set(question) for some in _COUNTED)
    wanted = [SHAPES.index(name) for name in (_NUMBERS if numbers else _NAMES)]
    fits = np.isin(shapes, wanted) & ((signs[:, 1] == 0) | numbers)
    edges = np.diff(np.concatenate([[0], fits.astype(np.int8), [0]]))
    yield from zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(), strict=True)
