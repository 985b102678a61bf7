"""The answer that goes with a question most often, whatever the passage says."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.coders.passages import PassagesCoder
from elman.data.encoded import Encoded
from elman.tasks.base.guesses.base import PieceGuess
from elman.text.passages import passage_words


class QuestionOnly(PieceGuess):
    """The answer that is most frequent in training where a question begins with the same two words, if it is there.

    Args:
        coder: of the words.
        data: the training part.
    """

    title = "question only"
    frequencies = True

    def __init__(self, coder: PassagesCoder, data: Encoded) -> None:
        super().__init__(coder, data)
        self._usual: defaultdict[tuple[str, ...], Counter[tuple[int, ...]]] = defaultdict(Counter)
        words: Any = coder
        for example in data.examples:
            begins = tuple(words.spelling.of(one) for one in passage_words(example.fields["question"])[:2])
            gold = passage_words(example.fields["golds"][0].text)
            self._usual[begins][tuple(coder.words.encode(map(words.spelling.of, gold)).tolist())] += 1

    def piece(self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> tuple[int, int]:
        """Return the most frequent answer that the passage has; its first word where it has none."""
        for answer, _ in self._usual.get(tuple(question[:2]), Counter[tuple[int, ...]]()).most_common():
            size = len(answer)
            places = [place for place in np.flatnonzero(ids == answer[0]) if tuple(ids[place : place + size]) == answer]
            if places:
                return int(places[0]), int(places[0]) + size - 1
        return 0, 0
