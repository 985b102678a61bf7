"""Texts as tokens: characters, words, or pieces of words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.data.column import Column
from elman.data.outlines import Tokens
from elman.errors import DataError, quoted
from elman.text.tokenization import Tokenization
from elman.text.tokenizers import TOKENIZERS
from elman.text.vocabulary import VocabularyBuilder


class TokensCoder(Coder):
    """Texts of a line each, as ids of tokens and an end.

        F   (B, T + 1)  the ids of a text of T tokens, then the end

    The end is the token of a line break, which also stands before the first token: as in a language model, a text is
    what lies between two line breaks. Those that a text has itself are read as blanks.

    Args:
        tokens: how text becomes ids.
    """

    def __init__(self, tokens: Tokenization) -> None:
        self.tokens = tokens

    @classmethod
    def learn(cls, texts: Sequence[str], level: str, size: int, least: int = 1) -> Self:
        """Return the coder of training texts.

        Args:
            texts: of the training part.
            level: what a token is.
            size: pieces that level bpe learns.
            least: how often a token must occur to be kept.
        """
        tokenizer = TOKENIZERS.get(level)()
        tokenizer.learn(texts, size)
        builder = VocabularyBuilder(tokenizer.inventory, tokenizer.pieces_known)
        ids = [np.empty(0, np.uint32), *(tokenizer.collect(as_line(text), builder) for text in texts)]
        counts = np.bincount(np.concatenate(ids), minlength=len(builder))
        counts[counts < least] = 0
        return cls(Tokenization(builder.finish(counts)[0], tokenizer))

    @classmethod
    def load(cls, level: str, folder: Path, name: str) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        return cls(Tokenization.load(level, folder / name))

    def save(self, folder: Path, name: str) -> None:
        """Write the vocabulary, and what the tokenizer learned, into a folder of the field's name."""
        (folder / name).mkdir(exist_ok=True)
        self.tokens.save(folder / name)

    @property
    def fingerprint(self) -> str:
        """A hash of the vocabulary, and of what the tokenizer learned."""
        return self.tokens.fingerprint

    @property
    def outline(self) -> Tokens:
        """The tokens; `start` and `end` are the same."""
        marks = {**self.tokens.marks, "end": self.tokens.start_id}
        return Tokens(self.tokens.vocabulary.tokens, self.tokens.vocabulary.counts, marks)

    @property
    def names(self) -> Sequence[str]:
        """The tokens."""
        return self.tokens.vocabulary.tokens

    @property
    def unit(self) -> str:
        """What tokens are, in the plural."""
        return f"{self.tokens.tokenizer.unit}s"

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many tokens there are, ends left out, and how many of them are unknown."""
        unknown = int(np.isin(column.values, self.tokens.unknown_ids).sum())
        return {self.unit: len(column.values) - len(column.lengths), f"unknown {self.unit}": unknown}

    def card(self, column: Column) -> dict[str, str]:
        """Return how large the vocabulary is, and how much is unknown."""
        count, unknown = self.counts(column).values()
        return {
            "vocabulary": f"{len(self.names):,} {self.unit}",
            "unknown in validation": f"{unknown:,} ({unknown / max(1, count):.2%})",
        }

    def encode(self, values: Sequence[str], places: Sequence[str] = ()) -> Column:
        """Return texts as ids, each with its end. Every text has some: what is unknown has an id for that.

        Raises:
            DataError: a value is no text.
        """
        for value, start in zip(values, starts(values, places), strict=True):
            if not isinstance(value, str):
                raise DataError(f"{start}{quoted(str(value))}: expected a text, not its words.")
        return Column.of_rows(self.tokens.encode(as_line(text)) for text in values)

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return some texts side by side."""
        return Coded({name: column.padded(some) for name, some in rows.items()})

    def shown(self, numbers: Sequence[int]) -> list[str]:
        """Return single tokens as a person is shown them."""
        return [self.tokens.shown(number) for number in numbers]

    def pieces(self, text: str) -> list[str]:
        """Return the tokens of a text as a person is shown them, unknown ones as they are, without its end."""
        tokenizer = self.tokens.tokenizer
        return [tokenizer.shown(token) for token in tokenizer.split(as_line(text))[:-1]]

    def decode(self, numbers: np.ndarray) -> str:
        """Return the text of ids, up to its end."""
        ids = [int(number) for number in numbers if number != self.tokens.start_id]
        return "".join(self.tokens.pieces((), ids))


def as_line(text: str) -> str:
    """Return a text with its end; line breaks within it are blanks."""
    return " ".join(text.split("\n")) + "\n"
