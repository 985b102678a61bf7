"""Texts as labels for frames: tokens without an end, beside a blank that is none of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from elman.coders.unended import UnendedCoder
from elman.data.outlines import Tokens
from elman.ngram.language import Ngrams
from elman.text.tokenization import Tokenization

LABELS, WORDS = "labels", "words"
"""What the n-gram models of texts are of."""


class Orders(NamedTuple):
    """The n of n-gram models of training texts.

    Args:
        labels: of the model of labels.
        words: of that of words.
    """

    labels: int = 5
    words: int = 2


class TranscriptCoder(UnendedCoder):
    """Texts of a line each, as ids of tokens, (B, U).

    The blank of CTC is the token of a line break, which no text has: so its id is kept with the vocabulary. A search
    can ask n-gram models of the training texts, which are learned with it.

    Args:
        tokens: how text becomes ids.
        folder: where n-gram models lie; None where they are given.
        languages: the models, of labels and of words.
    """

    def __init__(
        self, tokens: Tokenization, folder: Path | None = None, languages: Mapping[str, Ngrams] = MappingProxyType({})
    ) -> None:
        super().__init__(tokens)
        self._folder = folder
        self._given = dict(languages)  # which copies, as the default does not

    @classmethod
    def learn(
        cls, texts: Sequence[str], level: str, size: int = 0, least: int = 1, orders: Orders | None = None
    ) -> Self:
        """Return the coder of training texts.

        Args:
            texts: of the training part.
            level: what a token is.
            size: pieces that a level learns.
            least: how often a token must occur to be kept.
            orders: of the n-gram models.
        """
        tokens = super().learn(texts, level, size, least).tokens
        orders, cut = orders or Orders(), tokens.tokenizer.split
        models = {LABELS: Ngrams.learn((cut(text) for text in texts), orders.labels)}
        models[WORDS] = Ngrams.learn((text.split() for text in texts), orders.words)
        return cls(tokens, languages=models)

    @classmethod
    def load(cls, level: str, folder: Path, name: str) -> Self:
        """Read what `save` wrote; n-gram models are read when a search asks for one.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        return cls(Tokenization.load(level, folder / name), folder / name)

    def save(self, folder: Path, name: str) -> None:
        """Write the vocabulary, and the n-gram models as ARPA files."""
        super().save(folder, name)
        for kind, model in self.languages.items():
            model.save(folder / name / _file(kind))

    @property
    def languages(self) -> Mapping[str, Ngrams]:
        """The n-gram models of training texts, of labels and of words.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        if self._folder is None:
            return self._given
        return {kind: Ngrams.restored(self._folder / _file(kind)) for kind in (LABELS, WORDS)}

    @property
    def outline(self) -> Tokens:
        """The tokens, and which is the blank."""
        vocabulary = self.tokens.vocabulary
        return Tokens(vocabulary.tokens, vocabulary.counts, {**self.tokens.marks, "blank": self.blank})

    @property
    def blank(self) -> int:
        """The id of the blank."""
        return self.tokens.start_id


def _file(kind: str) -> str:
    return f"{kind}.arpa"
