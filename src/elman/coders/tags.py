"""Tags: one for each word, or spans written as tags in a scheme."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from elman.coders.base import AnswersCoder, Coded, starts
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

    def encode(self, values: Sequence[Sequence[str]], places: Sequence[str] = ()) -> Column:
        """Return the ids of the tags of each sentence.

        Raises:
            DataError: a tag was not learned.
        """
        return Column.of_rows(map(self.ids, map(self.written, values), starts(values, places)))

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the tags of some sentences."""
        return Coded({name: column.padded(some) for name, some in rows.items()})

    def decode(self, numbers: np.ndarray) -> list[str]:
        """Return tags in the scheme of the files."""
        return self.rewritten([self.vocabulary.tokens[number] for number in numbers])

    def rewritten(self, tags: Sequence[str]) -> list[str]:
        """Return tags in the scheme of the files: those of spans are read as spans, and written again."""
        return list(tags) if self.scheme == "none" else schemes.convert(tags, self.scheme)


def written(tags: Sequence[str], scheme: str, predicted: str) -> list[str]:
    """Return the tags of a file as they are predicted."""
    return list(tags) if scheme == "none" else schemes.convert(tags, predicted)


def settle_scheme(sentences: Sequence[Sequence[str]], scheme: str, say: Callable[[str], None]) -> str:
    """Return the scheme of the tags of a training part: as given, or guessed where that is `auto`.

    Args:
        sentences: the tags of each.
        scheme: as given.
        say: called with what was guessed, and with how many tags cannot stand where they stand.
    """
    if scheme == "auto":
        scheme = schemes.guess(sentences) or "none"
        said = "each tag for itself" if scheme == "none" else f"spans in scheme {scheme}"
        say(f"tags: {said}, guessed; --set task.scheme=none, iob1, bio or bioes decides it")
    broken = 0 if scheme == "none" else sum(schemes.illegal(tags, scheme) for tags in sentences)
    if broken:
        say(f"{broken:,} training tags cannot stand where they stand in {scheme}: read as conlleval does")
    return scheme
