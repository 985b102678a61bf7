"""A running text as token ids: read once, encoded, split, counted."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from elman.data.records import Example
from elman.data.store import TokenStore, TokenStoreWriter, renumber
from elman.errors import DataError
from elman.text.cutting import looks_tokenized
from elman.text.tokenizers.base import Tokenizer
from elman.text.vocabulary import Vocabulary, VocabularyBuilder


class Corpus(NamedTuple):
    """An encoded text.

    Args:
        store: its ids.
        characters: how many characters it has, line breaks included; 0 for a part of a text, where nobody counted.
        lines: how many lines it has; 0 for a part.
    """

    store: TokenStore
    characters: int = 0
    lines: int = 0


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
    examples: Iterable[Example], tokenizer: Tokenizer, folder: Path, held_out: float
) -> tuple[Vocabulary, Corpus, Corpus | None]:
    """Encode a text and build its vocabulary in one pass.

    Args:
        examples: blocks of whole lines in the field `text`.
        tokenizer: cuts them into tokens.
        folder: where the ids are kept while they are needed.
        held_out: the fraction at the end that is kept apart, 0 to below 1. What occurs only there becomes `<unk>`.

    Returns:
        the vocabulary of the training part, the training part, and the held-out part (None if nothing is held out).
    """
    builder = VocabularyBuilder(tokenizer.inventory, tokenizer.pieces_known)
    characters = lines = 0
    with TokenStoreWriter(folder) as writer:
        for example in examples:
            text = example.fields["text"]
            writer.append(tokenizer.collect(text, builder))
            characters += len(text)
            lines += text.count("\n")
        whole = writer.finish()
    border = int(len(whole) * (1 - held_out))
    vocabulary, table = builder.finish(whole.slice(0, border).counts(len(builder)))
    store = renumber(whole, table, folder, _newline_id(vocabulary, tokenizer))
    if not held_out:
        return vocabulary, Corpus(store, characters, lines), None
    return vocabulary, Corpus(store.slice(0, border)), Corpus(store.slice(border, len(store)))


def training_part(read: Callable[[], Iterable[Example]], held_out: float) -> Iterator[str]:
    """Yield the blocks of a text that are not held out, for a tokenizer that learns.

    Args:
        read: gives the blocks of whole lines; called twice if something is held out.
        held_out: the fraction at the end, of the characters.
    """
    left = sum(len(example.fields["text"]) for example in read()) * (1 - held_out) if held_out else math.inf
    for example in read():
        text = example.fields["text"]
        yield text if len(text) <= left else text[: int(left)]
        left -= len(text)
        if left <= 0:
            return


def encode(examples: Iterable[Example], tokenizer: Tokenizer, vocabulary: Vocabulary, folder: Path) -> Corpus:
    """Encode a text with a vocabulary that is there already.

    Raises:
        DataError: not one token of the text is in the vocabulary.
    """
    characters = lines = known = 0
    where = ""
    empty = [i for i in (vocabulary.unknown_id, _newline_id(vocabulary, tokenizer)) if i is not None]
    with TokenStoreWriter(folder) as writer:
        for example in examples:
            where = where or example.where.rpartition(":")[0]
            text = example.fields["text"]
            ids = tokenizer.encode(text, vocabulary)
            known += int(np.isin(ids, empty, invert=True).sum())
            writer.append(ids)
            characters += len(text)
            lines += text.count("\n")
        store = writer.finish(_newline_id(vocabulary, tokenizer))
    if known == 0:
        raise DataError(
            f"{where}: no {tokenizer.unit} of it is in the vocabulary of the training text. Is it the right file?"
        )
    return Corpus(store, characters, lines)


def settle_level(config: Any, examples: Iterable[Example], say: Callable[[str], None]) -> Any:
    """Return options with `level` decided: as given, else `word` for text that is cut already, or `character`.

    Args:
        config: with `level`, which is `auto` where nobody decided.
        examples: of the text.
        say: called with what was decided.
    """
    if config.level != "auto":
        return config
    texts = (example.fields["text"] for example in examples)
    text = next((text for text in texts if not text.isspace()), "")
    level, reason = ("word", "punctuation stands apart") if looks_tokenized(text) else ("character", "running text")
    say(f"level: {level}, guessed ({reason}); --level character, word, bpe or byte decides it")
    return config.model_copy(update={"level": level})


def _newline_id(vocabulary: Vocabulary, tokenizer: Tokenizer) -> int | None:
    return int(vocabulary.encode([tokenizer.newline])[0]) if tokenizer.newline in vocabulary else None


def unknowns(store: TokenStore, vocabulary: Vocabulary) -> int:
    """Return how many tokens of a store are `<unk>`."""
    return 0 if vocabulary.unknown_id is None else int(store.counts(len(vocabulary))[vocabulary.unknown_id])


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
    return {
        "training": f"{len(train.store):,} {unit}",
        "validation": f"{count:,} {unit}" + (f", the first {limit:,} scored" if count > limit else ""),
        "vocabulary": f"{len(vocabulary):,} {unit}",
        "unknown in validation": f"{missing:,} ({missing / max(1, count):.2%})",
    }
