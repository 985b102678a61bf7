"""A running text as token ids: read once, encoded, split, counted."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.bucketing import held_out as held_out_rows
from elman.data.marks import marks_in
from elman.data.records import Example
from elman.data.store import TokenStore, TokenStoreWriter, renumber, take_lines
from elman.errors import DataError
from elman.text.printed import counted
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary, VocabularyBuilder


class Corpus(NamedTuple):
    """An encoded text.

    Args:
        store: its ids.
        characters: how many characters it has, line breaks included; 0 for a part of a text, where nobody counted.
        lines: how many lines it has; 0 for a part.
        marks: how often each mark stands in it that is one of lines, or `<unk>`; of a part, in the whole.
    """

    store: TokenStore
    characters: int = 0
    lines: int = 0
    marks: Mapping[str, int] = {}


class Read(NamedTuple):
    """What a model gives to some tokens of a text.

    Args:
        places: where they are in the text.
        tokens: their ids.
        nll: -log p of each, in nats.
        kept: what else was wanted of each, by name.
    """

    places: np.ndarray
    tokens: np.ndarray
    nll: np.ndarray
    kept: Mapping[str, np.ndarray] = {}


def learn(
    examples: Iterable[Example], tokenizer: Tokenizer, folder: Path, held_out: float, lines: bool = False
) -> tuple[Vocabulary, Corpus, Corpus | None]:
    """Encode a text and build its vocabulary in one pass.

    Args:
        examples: blocks of whole lines in the field `text`.
        tokenizer: cuts them into tokens.
        folder: where the ids are kept while they are needed.
        held_out: the fraction that is kept apart, 0 to below 1: the end of a running text, whole lines drawn by seed
            where they are texts of their own. What occurs only there becomes `<unk>`.
        lines: whether each line is a text of its own.

    Returns:
        the vocabulary of the training part, the training part, and the held-out part (None if nothing is held out).

    Raises:
        DataError: there is one line, so that none can be held out.
    """
    builder = VocabularyBuilder(tokenizer.inventory, tokenizer.pieces_known)
    with TokenStoreWriter(folder) as writer:
        text = _Written(writer, lambda block: tokenizer.collect(block, builder), lines)
        for example in examples:
            text.add(example.fields["text"])
        whole = writer.finish(ends=text.ends)
    parts = divided(whole, held_out, folder) if held_out else [whole]
    vocabulary, table = builder.finish(parts[0].counts(len(builder)))
    train, *valid = (renumber(part, table, folder, _newline_id(vocabulary, tokenizer)) for part in parts)
    if not valid:
        return vocabulary, Corpus(train, text.characters, text.lines, text.marks), None
    return vocabulary, Corpus(train, marks=text.marks), Corpus(valid[0])


class _Written:
    """What is counted of a text while its ids are written.

    Args:
        writer: takes the ids.
        cut: gives the ids of a block of whole lines.
        lines: whether each line is a text of its own, so that its end is kept.
    """

    def __init__(self, writer: TokenStoreWriter, cut: Callable[[str], np.ndarray], lines: bool) -> None:
        self._writer, self._cut = writer, cut
        self._newline = int(cut("\n")[0]) if lines else None
        self._ends: list[np.ndarray] = []
        self._tokens = self.characters = self.lines = 0
        self.marks: Counter[str] = Counter()

    def add(self, text: str) -> np.ndarray:
        """Write the ids of a block of whole lines, and return them."""
        ids = self._cut(text)
        self._writer.append(ids)
        self.characters += len(text)
        self.marks += marks_in(text)
        lines = text.count("\n")
        self.lines += lines
        if self._newline is not None:
            ends = np.flatnonzero(ids == self._newline) + 1
            if len(ends) != lines:  # a line has the very token that stands for its end
                ends = np.cumsum([len(self._cut(f"{line}\n")) for line in text.split("\n")[:-1]])
            self._ends.append(self._tokens + ends)
        self._tokens += len(ids)
        return ids

    @property
    def ends(self) -> np.ndarray | None:
        """Where each line ends that is a text of its own."""
        return None if self._newline is None else np.concatenate([*self._ends, np.empty(0, np.int64)])


def divided(whole: TokenStore, held_out: float, folder: Path) -> list[TokenStore]:
    """Return the training part of a text, and what is held out.

    Args:
        whole: the text.
        held_out: the fraction that is kept apart: of running text its end, of lines some that are drawn.
        folder: where the ids of lines are kept.

    Raises:
        DataError: there is one line, so that none can be held out.
    """
    if whole.ends is None:
        border = int(len(whole) * (1 - held_out))
        return [whole.slice(0, border), whole.slice(border, len(whole))]
    if len(whole.ends) < 2:
        raise DataError(
            "the training text: got 1 line, expected 2 or more, some of which are held out. Give more, or --valid FILE."
        )
    return [take_lines(whole, rows, folder) for rows in held_out_rows(len(whole.ends), held_out)]


def training_part(read: Callable[[], Iterable[Example]], held_out: float, lines: bool = False) -> Iterator[str]:
    """Yield the blocks of a text that are not held out, for a tokenizer that learns.

    Args:
        read: gives the blocks of whole lines; called twice if something is held out.
        held_out: the fraction that is: of the characters, at the end; or of the lines, as `learn` draws them.
        lines: whether each line is a text of its own.
    """
    if not held_out or not lines:
        yield from _all_but_the_end(read, held_out)
        return
    count = sum(example.fields["text"].count("\n") for example in read())
    kept = np.zeros(count + 1, bool)
    kept[held_out_rows(count, held_out)[0]] = True
    first = 0
    for example in read():
        *whole, rest = example.fields["text"].split("\n")
        chosen = [f"{line}\n" for line, keep in zip(whole, kept[first:], strict=False) if keep]
        first += len(whole)
        yield "".join(chosen) + (rest if kept[first] else "")


def _all_but_the_end(read: Callable[[], Iterable[Example]], share: float) -> Iterator[str]:
    left = sum(len(example.fields["text"]) for example in read()) * (1 - share) if share else math.inf
    for example in read():
        text = example.fields["text"]
        yield text if len(text) <= left else text[: int(left)]
        left -= len(text)
        if left <= 0:
            return


def encode(
    examples: Iterable[Example], tokenizer: Tokenizer, vocabulary: Vocabulary, folder: Path, lines: bool = False
) -> Corpus:
    """Encode a text with a vocabulary that is there already.

    Args:
        examples: blocks of whole lines in the field `text`.
        tokenizer: cuts them into tokens.
        vocabulary: the tokens.
        folder: where the ids are kept while they are needed.
        lines: whether each line is a text of its own.

    Raises:
        DataError: not one token of the text is in the vocabulary.
    """
    known, where = 0, ""
    empty = {i for i in (vocabulary.unknown_id, _newline_id(vocabulary, tokenizer)) if i is not None}
    with TokenStoreWriter(folder) as writer:
        text = _Written(writer, lambda block: tokenizer.encode(block, vocabulary), lines)
        for example in examples:
            where = where or example.where.rpartition(":")[0]
            ids = text.add(example.fields["text"])
            known += len(ids) - sum(int(np.count_nonzero(ids == one)) for one in empty)
        store = writer.finish(_newline_id(vocabulary, tokenizer), text.ends)
    if known == 0:
        raise DataError(
            f"{where}: no {tokenizer.unit} of it is in the vocabulary of the training text. Is it the right file?"
        )
    return Corpus(store, text.characters, text.lines, text.marks)


def _newline_id(vocabulary: Vocabulary, tokenizer: Tokenizer) -> int | None:
    return int(vocabulary.encode([tokenizer.newline])[0]) if tokenizer.newline in vocabulary else None


def unknowns(store: TokenStore, vocabulary: Vocabulary) -> int:
    """Return how many tokens of a store are `<unk>`."""
    return 0 if vocabulary.unknown_id is None else int(store.counts(len(vocabulary))[vocabulary.unknown_id])


def unk_share(store: TokenStore, vocabulary: Vocabulary) -> float:
    """Return which share of the tokens of a store is `<unk>`, 0 to 1."""
    return unknowns(store, vocabulary) / max(1, len(store))


def card(train: Corpus, valid: Corpus, vocabulary: Vocabulary, unit: str, limit: int) -> dict[str, str]:
    """Return what a report says of the parts of a text.

    Args:
        train: the training part.
        valid: the validation part.
        vocabulary: of the training part.
        unit: what tokens are, in the plural.
        limit: how many tokens of the validation part are scored.
    """
    count, missing = len(valid.store), unknowns(valid.store, vocabulary)
    some = "the first {:,} scored" if valid.store.ends is None else "whole lines of {:,} scored"
    return {
        "training": _size(train.store, unit),
        "validation": _size(valid.store, unit) + (f", {some.format(limit)}" if count > limit else ""),
        "vocabulary": counted(len(vocabulary), unit),
        "unknown in validation": f"{missing:,} ({missing / max(1, count):.2%})",
    }


def _size(store: TokenStore, unit: str) -> str:
    tokens = counted(len(store), unit)
    return tokens if store.ends is None else f"{counted(len(store.ends), 'lines')} of {tokens}"
