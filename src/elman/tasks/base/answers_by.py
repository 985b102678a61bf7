"""What knows only one half of a question: the answer that goes with a question most often, whatever the story says."""

from collections import Counter, defaultdict

import numpy as np

from elman.data.encoded import Encoded
from elman.data.records import Answers, Batch, Padded


class AnswersBy:
    """The commonest answer beside one sentence: the question, or the last one of the story. Others it does not see.

        p(a | s) = (n(s, a) + n(a) / N) / (n(s) + 1)

    Args:
        data: questions with their answers.
        head: the name of the answers.
        count: how many answers there are.
        field: `question`, or `story`.
    """

    frequencies = True

    def __init__(self, data: Encoded, head: str, count: int, field: str) -> None:
        self._head, self._field = head, field
        answers = data.targets[head].values
        self._usual = np.bincount(answers, minlength=count) / len(answers)
        self._counts: defaultdict[bytes, Counter[int]] = defaultdict(Counter)
        rows, words = data.rows(np.arange(len(data.examples)))[field], data.inputs.of["words"]
        for row, answer in zip(rows.tolist(), answers.tolist(), strict=True):
            self._counts[words.row(data.inputs.row(row)[-1]).tobytes()][answer] += 1

    def answers(self, batch: Batch) -> Answers:
        """Return the answers to a batch."""
        field, sentences = batch.fields[self._field], batch.tables["sentences"]
        last = field.values[np.arange(batch.size), field.lengths - 1]
        found = np.stack([self._rates(_words(sentences, row)) for row in last.tolist()])
        with np.errstate(divide="ignore"):
            return Answers({self._head: found.argmax(1)[:, None]}, {self._head: np.log(found)[:, None]})

    def _rates(self, key: bytes) -> np.ndarray:
        counts = self._counts.get(key, Counter[int]())
        rates = self._usual.copy()
        for answer, count in counts.items():
            rates[answer] += count
        return rates / (counts.total() + 1)


def _words(sentences: Padded, row: int) -> bytes:
    """Return the words of a sentence as they lie in memory."""
    words: np.ndarray = sentences.values[row, : sentences.lengths[row]]
    return words.tobytes()
