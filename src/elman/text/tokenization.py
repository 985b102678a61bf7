"""Text as token ids and back: a tokenizer and the vocabulary of what it cuts."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np

from elman.text.tokenizers import TOKENIZERS
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary

_VOCABULARY = "tokens.txt"


class Tokenization:
    """How text becomes ids. It never changes, so that threads share it.

    Args:
        vocabulary: the tokens.
        tokenizer: cuts text into them.
    """

    def __init__(self, vocabulary: Vocabulary, tokenizer: Tokenizer) -> None:
        self.vocabulary = vocabulary
        self.tokenizer = tokenizer
        # A text starts where a line starts. A text without line breaks has no such token: `<unk>`, id 0, then.
        starts = [tokenizer.newline] if tokenizer.newline in vocabulary else [vocabulary.tokens[0]]
        self.start_id = int(vocabulary.encode(starts)[0])

    @classmethod
    def load(cls, level: str, folder: Path) -> Self:
        """Return what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        return cls(Vocabulary.load(folder / _VOCABULARY), TOKENIZERS.get(level).load(folder))

    def save(self, folder: Path) -> None:
        """Write the vocabulary, and what the tokenizer learned."""
        self.vocabulary.save(folder / _VOCABULARY)
        self.tokenizer.save(folder)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the vocabulary, and of what the tokenizer learned."""
        return "-".join(filter(None, (self.vocabulary.fingerprint, self.tokenizer.fingerprint)))

    @property
    def marks(self) -> dict[str, int]:
        """The ids that mean something to whoever feeds a model: `start`, and `unknown` where there is one."""
        unknown = self.vocabulary.unknown_id
        return {"start": self.start_id} | ({} if unknown is None else {"unknown": unknown})

    @property
    def unknown_ids(self) -> list[int]:
        """The token that stands for all that the vocabulary lacks, if there is one."""
        return [] if self.vocabulary.unknown_id is None else [self.vocabulary.unknown_id]

    def __len__(self) -> int:
        return len(self.vocabulary)

    def encode(self, text: str) -> np.ndarray:
        """Return the ids of a text."""
        return self.tokenizer.encode(text, self.vocabulary)

    def lines(self, lines: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the ids of lines, each with its end, one behind the other, and where each of them ends."""
        newline = self.tokenizer.newline
        if newline in self.vocabulary and not any("\n" in line for line in lines):
            ids = self.encode("\n".join([*lines, ""]))
            ends = np.flatnonzero(ids == self.start_id) + 1
            if len(ends) == len(lines):
                return ids, ends
        # A line that holds a line break, or the very token that stands for one.
        encoded = [self.encode(line + "\n") for line in lines]
        return np.concatenate([np.empty(0, np.int64), *encoded]), np.cumsum([len(ids) for ids in encoded])

    def pieces(self, words: Iterable[str], ids: Iterable[int]) -> Iterator[str]:
        """Yield the text of tokens, and of ids behind them, piece by piece as it is known."""
        return self.tokenizer.pieces(chain(words, map(self.vocabulary.tokens.__getitem__, ids)))

    def shown(self, number: int) -> str:
        """Return one token as a person is shown it."""
        return self.tokenizer.shown(self.vocabulary.tokens[number])

    def unknown_in(self, text: str) -> list[str]:
        """Return the tokens of a text that the vocabulary lacks, each once."""
        return list(dict.fromkeys(token for token in self.tokenizer.split(text) if token not in self.vocabulary))
