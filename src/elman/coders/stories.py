"""Stories: sentences in their order, each a row of words. A question is a story of one sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.coders.labels import LabelsCoder
from elman.data.column import Column
from elman.data.outlines import Sentences
from elman.data.records import Padded
from elman.errors import DataError, quoted
from elman.text.printed import counted
from elman.text.simple import simple_words
from elman.text.vocabulary import UNKNOWN, Vocabulary

_FILE = "words.txt"


class StoryCoder(Coder):
    """Stories as numbers of sentences, of which each different one is there once.

    In a batch a field F has

        F           (B, M)  which of the batch's different sentences, rows of the table; padding behind them

    and the table is `sentences`, (U, J), ids of words. Signs without a letter or digit are no words.

    Args:
        words: the vocabulary, `<unk>` first.
        lowercase: whether words are looked up in lower case.
        most: how many sentences of a story are read at most.
        longest: how many words the longest sentence of training has.
    """

    unit = "words"

    def __init__(self, words: Vocabulary, lowercase: bool, most: int, longest: int) -> None:
        self.words, self.lowercase, self.most, self.longest = words, lowercase, most, longest

    @classmethod
    def learn(cls, sentences: Iterable[str], answers: Iterable[str], lowercase: bool, most: int) -> Self:
        """Return the coder of a training part. Each answer is one word: so a model can tie what it reads and says.

        Args:
            sentences: of stories and questions, each as often as it shall count.
            answers: to the questions.
            lowercase: see the class.
            most: see the class.
        """
        counts, longest = Counter[str](), 1
        for sentence, often in Counter(sentences).items():
            words = words_of(sentence, lowercase)
            longest = max(longest, len(words))
            for word in words:
                counts[word] += often
        counts.update(answer.lower() if lowercase else answer for answer in answers)
        counts.pop(UNKNOWN, None)
        known = Vocabulary.by_frequency(counts)
        return cls(Vocabulary([UNKNOWN, *known.tokens], [0, *known.counts]), lowercase, most, longest)

    @classmethod
    def load(cls, folder: Path, lowercase: bool, most: int, longest: int) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or broken.
        """
        return cls(Vocabulary.load(folder / _FILE), lowercase, most, longest)

    def save(self, folder: Path, name: str) -> None:
        """Write the vocabulary into a folder."""
        self.words.save(folder / _FILE)

    @property
    def fingerprint(self) -> str:
        """A hash of the vocabulary."""
        return self.words.fingerprint

    @property
    def outline(self) -> Sentences:
        """The words, how many sentences are read, and how long these are."""
        words, marks = self.words, {"unknown": 0}
        return Sentences(words.tokens, words.counts, marks, most=self.most, longest=self.longest)

    @property
    def names(self) -> Sequence[str]:
        """The words."""
        return self.words.tokens

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many words there are in all sentences that are read, and how many of them are unknown."""
        rows = column.of["words"]
        unknown = np.array([int((rows.row(row) == 0).sum()) for row in range(len(rows.lengths))], np.int64)
        some = column.values
        return {self.unit: int(rows.lengths[some].sum()), f"unknown {self.unit}": int(unknown[some].sum())}

    def card(self, column: Column) -> dict[str, str]:
        """Return how large the vocabulary is, and how long stories are."""
        return {
            "vocabulary": counted(len(self.words), self.unit),
            "different sentences in validation": f"{len(column.of['words'].lengths):,}",
        }

    def encode(self, values: Sequence[Sequence[str]], places: Sequence[str] = ()) -> Column:
        """Return stories as numbers of sentences, in the order in which these come.

        Raises:
            DataError: a story is not cut into sentences.
        """
        for story, start in zip(values, starts(values, places), strict=True):
            if isinstance(story, str):
                raise DataError(f"{start}{quoted(story)}: expected the sentences of a story, not all of it.")
        every = [sentence for story in values for sentence in story]
        different = {sentence: number for number, sentence in enumerate(dict.fromkeys(every))}
        numbers = np.fromiter(map(different.__getitem__, every), np.int64, len(every))
        rows = Column.of_rows(self.words.encode(words_of(sentence, self.lowercase)) for sentence in different)
        return Column.cut(numbers, np.fromiter(map(len, values), np.int64, len(values)))._replace(of={"words": rows})

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the sentences of each field, and the words of all that are different."""
        padded = {name: column.padded(some) for name, some in rows.items()}
        different, index = np.unique(
            np.concatenate([one.values[one.mask] for one in padded.values()]), return_inverse=True
        )
        fields, first = dict[str, Padded](), 0
        for name, one in padded.items():
            numbers, last = np.zeros(one.values.shape, np.int64), first + one.real
            numbers[one.mask], first = index[first:last], last
            fields[name] = Padded(numbers, one.lengths)
        return Coded(fields, {"sentences": column.of["words"].padded(different)})

    def decode(self, numbers: np.ndarray) -> list[str]:
        """Return the words of ids."""
        return self.words.decode(numbers)


def words_of(sentence: str, lowercase: bool) -> list[str]:
    """Return the words of a sentence, without its signs.

    >>> words_of("Where is Mary?", True)
    ['where', 'is', 'mary']
    """
    words = simple_words(sentence.lower() if lowercase else sentence)
    return [word for word in words if any(map(str.isalnum, word))]


def answering_words(words: Vocabulary, answers: Counter[str], lowercase: bool) -> LabelsCoder:
    """Return the coder of answers, of which each is a word of a vocabulary, by the same id: a model can tie the two.

    An answer is called as it is written most often; those that differ in case only are one, where words do too.

    Args:
        words: that are read; all answers are among them.
        answers: how often each is right in training.
        lowercase: whether words are looked up in lower case.
    """
    written, often = dict[str, str](), Counter[str]()
    for answer, count in answers.most_common():
        word = answer.lower() if lowercase else answer
        written.setdefault(word, answer)
        often[word] += count
    return LabelsCoder(Vocabulary([written.get(word, word) for word in words.tokens], [often[w] for w in words.tokens]))
