"""What a tokenizer promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from elman.text.vocabulary import Vocabulary, VocabularyBuilder


class Tokenizer(ABC):
    """Cuts text into tokens and puts tokens together again.

    Lines matter to every level: a line break is a token (`newline`), and it is also what stands before the
    first token of a text, because a text starts where a line starts.
    """

    unit: ClassVar[str]
    """One token in words, singular: `character`, `word`, `subword`."""

    newline: ClassVar[str] = "\n"
    """The token that ends a line."""

    inventory: ClassVar[Sequence[str] | None] = None
    """All tokens there can be, if that is known without data."""

    @property
    def pieces_known(self) -> Sequence[str]:
        """Tokens that a vocabulary has even where training text never shows them, once `learn` was called."""
        return ()

    @property
    def fingerprint(self) -> str:
        """A hash of what was learned; empty where nothing was."""
        return ""

    def learn(self, texts: Iterable[str], size: int) -> None:  # noqa: B027
        """Learn from training text how to cut; most tokenizers know.

        Args:
            texts: blocks of whole lines.
            size: how many tokens there may be.
        """

    def remark(self, size: int) -> str:
        """Return what to say of what `learn` made where `size` tokens were asked for; empty if that is what it made."""
        return ""

    def save(self, folder: Path) -> None:  # noqa: B027
        """Write what was learned into a folder, as text."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the tokenizer that `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        return cls()

    @abstractmethod
    def split(self, text: str) -> Sequence[str]:
        """Return the tokens of a text. Splitting whole lines one by one gives the same as all at once."""

    def collect(self, text: str, builder: VocabularyBuilder) -> np.ndarray:
        """Return provisional ids of the tokens of a text, with new ones for tokens not met before."""
        return builder.encode(self.split(text))

    def encode(self, text: str, vocabulary: Vocabulary) -> np.ndarray:
        """Return the ids (int64) of the tokens of a text; an unseen one gets the id of `<unk>`."""
        return vocabulary.encode(self.split(text))

    def shown(self, token: str) -> str:
        """Return one token as a person is shown it."""
        return token

    @abstractmethod
    def pieces(self, tokens: Iterable[str]) -> Iterator[str]:
        """Yield, for each token, the text that it adds to what stands before it, as soon as it is known."""

    def join(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens."""
        return "".join(self.pieces(tokens))
