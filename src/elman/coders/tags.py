"""Tags: one for each word, or spans written as tags in a scheme."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from elman.coders.base import AnswersCoder, Coded
from elman.data.column import Column
from elman.data.outlines import Classes, Follows
from elman.text import schemes
from elman.text.vocabulary import Vocabulary


class TagsCoder(AnswersCoder):
    """Tags of sentences. Those of spans are predicted in another scheme than the files have, and written in that.

    Args:
        vocabulary: the tags as they are predicted.
        scheme: of the files; `none` where each tag is for itself.
        predicted: the scheme in which spans are predicted.
    """

    def __init__(self, vocabulary: Vocabulary, scheme: str, predicted: str) -> None:
        self.vocabulary, self.scheme, self.predicted = vocabulary, scheme, predicted

    @classmethod
    def learn(cls, sentences: Iterable[Sequence[str]], scheme: str, predicted: str) -> "TagsCoder":
        """Return the coder of the tags of a training part."""
        counts = Counter(tag for tags in sentences for tag in written(tags, scheme, predicted))
        return cls(Vocabulary.by_frequency(counts), scheme, predicted)

    @property
    def outline(self) -> Classes:
        """The tags, and which may follow which where they mark spans."""
        if self.scheme == "none":
            return Classes(self.vocabulary.tokens)
        legal = schemes.constraints(self.vocabulary.tokens, self.predicted)
        return Classes(self.vocabulary.tokens, follows=Follows(*legal))

    def written(self, tags: Sequence[str]) -> list[str]:
        """Return the tags of a file as they are predicted."""
        return written(tags, self.scheme, self.predicted)

    def encode(self, values: Sequence[Sequence[str]]) -> Column:
        """Return the ids of the tags of each sentence.

        Raises:
            DataError: a tag was not learned.
        """
        return Column.of_rows(self.ids(self.written(tags)) for tags in values)

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the tags of some sentences."""
        return Coded({name: column.padded(some) for name, some in rows.items()})

    def decode(self, numbers: np.ndarray) -> list[str]:
        """Return tags in the scheme of the files."""
        tags = [self.vocabulary.tokens[number] for number in numbers]
        return tags if self.scheme == "none" else schemes.convert(tags, self.scheme)


def written(tags: Sequence[str], scheme: str, predicted: str) -> list[str]:
    """Return the tags of a file as they are predicted."""
    return list(tags) if scheme == "none" else schemes.convert(tags, predicted)
