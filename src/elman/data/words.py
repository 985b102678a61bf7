"""A running text as its words and nothing else: for what learns from words near each other."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from elman.data.questions import QuestionFile
from elman.data.records import Example
from elman.data.store import TokenStore, TokenStoreWriter, renumber
from elman.errors import DataError
from elman.randomness import uniforms
from elman.text.printed import counted
from elman.text.simple import simple_words
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary, VocabularyBuilder

_NEWLINE = WordTokenizer.newline
_FEW = 500_000
MOST_GAPS = 2000
"""Places at most that a cloze asks."""

Cut = Callable[[str], str]
"""Puts blanks between the words of whole lines."""


def cut_lines(how: str, lowercase: bool) -> Cut:
    """Return what puts blanks between the words of whole lines.

    Args:
        how: `simple`, where punctuation is cut off; `blanks`, where it stands apart already.
        lowercase: whether words are written in lower case.
    """

    def cut(text: str) -> str:
        text = text.lower() if lowercase else text
        return text if how == "blanks" else "\n".join(" ".join(simple_words(line)) for line in text.split("\n"))

    return cut


def learn_words(
    examples: Iterable[Example], cut: Cut, folder: Path, held_out: float, min_count: int, punctuation: bool
) -> tuple[Vocabulary, TokenStore, TokenStore]:
    """Return the words of a text, the most frequent first, and its two parts as ids.

    Word w is w, the end of a line is V, and V + 1 is everything else: words that are rarer than `min_count` in the
    first part, and what has neither letters nor digits.

    Args:
        examples: blocks of whole lines in the field `text`.
        cut: puts blanks between words.
        folder: where the ids are kept while they are needed.
        held_out: the fraction at the end that is kept apart, 0 to below 1.
        min_count: how often a word must occur.
        punctuation: whether what has neither letters nor digits is a word, too.

    Raises:
        DataError: no word is left.
    """
    builder, tokenizer, where = VocabularyBuilder(always=[_NEWLINE]), WordTokenizer(), ""
    with TokenStoreWriter(folder) as writer:
        for example in examples:
            where = where or example.where.rpartition(":")[0]
            writer.append(tokenizer.collect(cut(example.fields["text"]), builder))
        whole = writer.finish()
    border = int(len(whole) * (1 - held_out))
    counts = whole.slice(0, border).counts(len(builder))
    found, table = builder.finish(counts)
    is_word = [number > 0 and _is_word(word, punctuation) for number, word in enumerate(found.tokens)]
    kept = np.flatnonzero(np.array(is_word) & (found.counts >= min_count))
    if not len(kept):
        times = "once" if min_count == 1 else f"{min_count:,} times"
        raise DataError(f"{where}: no word occurs {times}, as task.min_count asks. Give more text or a lower count.")
    final = np.full(len(found), len(kept) + 1, np.uint32)
    final[kept] = np.arange(len(kept), dtype=np.uint32)
    final[found.encode([_NEWLINE])] = len(kept)
    vocabulary = Vocabulary([found.tokens[i] for i in kept], found.counts[kept])
    store = renumber(whole, final[table], folder, len(kept))
    return vocabulary, store.slice(0, border), store.slice(border, len(store))


def tell_few(vocabulary: Vocabulary, say: Callable[[str], None]) -> None:
    """Say if the words of a text are few to learn vectors from."""
    words = int(vocabulary.counts.sum())
    if words < _FEW:
        say(f"{words:,} words are few for vectors: more text, or more passes such as --epochs 50, make them better")


def encode_words(examples: Iterable[Example], cut: Cut, vocabulary: Vocabulary, folder: Path) -> TokenStore:
    """Return another text as ids of the same words.

    Raises:
        DataError: none of its words is known.
    """
    size, known, where = len(vocabulary), 0, ""
    ids = {word: number for number, word in enumerate(vocabulary.tokens)} | {_NEWLINE: size}
    with TokenStoreWriter(folder) as writer:
        for example in examples:
            where = where or example.where.rpartition(":")[0]
            words = WordTokenizer().split(cut(example.fields["text"]))
            found = np.array([ids.get(word, size + 1) for word in words], np.uint32)
            known += int((found < size).sum())
            writer.append(found)
        store = writer.finish(size)
    if not known:
        raise DataError(f"{where}: no word of it is in the vocabulary of the training text. Is it the right file?")
    return store


def cloze_places(store: TokenStore, size: int, around: int = 5, most: int = MOST_GAPS) -> list[tuple[int, list[int]]]:
    """Return words of a text and those around them, spread evenly over it.

    Of n words, the one of place i is drawn from the i-th of as many stretches: every k-th word would always stand in
    the same place of lines of k words.

        place_i = ⌊(i + u_i) n / places⌋,    u_i uniform in [0, 1), the same for every text

    Args:
        store: the text, of which word w is w.
        size: V; ids from there on are passed over.
        around: words to each side, as far as the line goes.
        most: how many places.
    """
    ids = np.asarray(store.ids)
    ids = ids[(ids < size) | (ids == store.line_end)].astype(np.int64)
    lines = np.cumsum(ids == store.line_end)
    middles = np.flatnonzero(ids != store.line_end)
    found, places = [], min(most, len(middles))
    drawn = (np.arange(places) + uniforms(0, "cloze", places)) * len(middles) / max(1, places)
    for place in middles[drawn.astype(np.int64)].tolist():
        near = np.arange(max(0, place - around), min(len(ids), place + around + 1))
        near = near[(near != place) & (lines[near] == lines[place]) & (ids[near] != store.line_end)]
        if len(near):
            found.append((int(ids[place]), ids[near].tolist()))
    return found


def card(vocabulary: Vocabulary, train: TokenStore, valid: TokenStore | Sequence[QuestionFile]) -> dict[str, str]:
    """Return what a report says of the words of a text, and of the text or the questions that they are tried on."""
    return {
        "training": f"{counted(int(vocabulary.counts.sum()), 'words')} kept of {counted(len(train), 'tokens')}",
        "vocabulary": counted(len(vocabulary), "words"),
        "validation": (
            counted(len(valid), "tokens")
            if isinstance(valid, TokenStore)
            else ", ".join(questions.path.name for questions in valid)
        ),
    }


def _is_word(token: str, punctuation: bool) -> bool:
    """Say whether a token is a word. `<eos>`, which stands for a line break, never is, though it has letters."""
    return token != _NEWLINE and (punctuation or any(map(str.isalnum, token)))
