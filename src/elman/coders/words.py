"""Words: an id, the characters and the shape of each. Or characters, of which each is a word here."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.data.column import Column
from elman.data.outlines import StartingVectors, Tokens
from elman.data.records import Padded
from elman.errors import DataError, quoted
from elman.text.printed import counted
from elman.text.spelling import SHAPES, Spelling, letters_of, shape
from elman.text.vocabulary import Vocabulary, VocabularyBuilder
from elman.vectors.formats import Vectors

_FILES = ("words.txt", "characters.txt")


class WordsCoder(Coder):
    """Texts of words. A different spelling is a form; each form has a word, characters and a shape.

    A column holds the number of the form of each word, and tables of its different forms. In a batch a field F has

        F           (B, T)  ids of words
        F.forms     (B, T)  which of the batch's different forms, rows of the tables
        F.matches   (B, T)  of two texts: 1 where the word occurs in the other text too

    and the tables are `characters`, (U, C), and `shapes`, (U, 1).

    Args:
        words: the words, `<unk>` first.
        characters: the characters, `<unk>` first.
        spelling: how words are looked up.
        unknown_rate: in training, words that occur once are read as `<unk>` with this probability: so it is learned.
        vectors: what rows of the table of words start with.
        unit: what a word is, in the plural: `words`, or `characters`, which have no others within them.
    """

    def __init__(
        self,
        words: Vocabulary,
        characters: Vocabulary,
        spelling: Spelling,
        unknown_rate: float = 0.0,
        vectors: StartingVectors | None = None,
        unit: str = "words",
    ) -> None:
        self.words, self.characters, self.spelling = words, characters, spelling
        self.unknown_rate, self._vectors, self.unit = unknown_rate, vectors, unit

    @classmethod
    def learn(
        cls,
        texts: Iterable[Sequence[str]],
        spelling: Spelling,
        least: int = 1,
        unknown_rate: float = 0.0,
        vectors: Vectors | None = None,
        source: str = "",
        unit: str = "words",
    ) -> Self:
        """Return the coder of training texts.

        Args:
            texts: words.
            spelling: how they are looked up.
            least: how often a word must occur to be kept.
            unknown_rate: see the class.
            vectors: pretrained; their words belong to the vocabulary even if they never occur.
            source: where those come from, for messages.
            unit: see the class.
        """
        known = vectors.words if vectors else ()
        words = VocabularyBuilder(always=list(dict.fromkeys(map(spelling.of, known))))
        characters = VocabularyBuilder()
        ids, letters = [], []
        for text in texts:
            ids.append(words.encode(map(spelling.of, text)))
            letters.append(characters.encode("".join(text)))
        counts = np.bincount(np.concatenate([np.empty(0, np.uint32), *ids]), minlength=len(words))
        counts[counts < least] = 0
        of_characters = np.bincount(np.concatenate([np.empty(0, np.uint32), *letters]), minlength=len(characters))
        vocabulary = words.finish(counts)[0]
        start = None if vectors is None else _starting(vectors, vocabulary, spelling, source)
        return cls(vocabulary, characters.finish(of_characters)[0], spelling, unknown_rate, start, unit)

    @classmethod
    def load(cls, folder: Path, spelling: Spelling, unknown_rate: float = 0.0, unit: str = "words") -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        words, characters = (Vocabulary.load(folder / name) for name in _FILES)
        return cls(words, characters, spelling, unknown_rate, unit=unit)

    def save(self, folder: Path, name: str = "words") -> None:
        """Write both vocabularies into a folder."""
        for file, vocabulary in zip(_FILES, (self.words, self.characters), strict=True):
            vocabulary.save(folder / file)

    @property
    def fingerprint(self) -> str:
        """A hash of both vocabularies."""
        return f"{self.words.fingerprint}-{self.characters.fingerprint}"

    @property
    def outline(self) -> Tokens:
        """The words, and how many characters and shapes there are; where a word is a character, none within it."""
        parts = {"characters": len(self.characters)} if self.unit == "words" else {}
        parts["shapes"] = len(SHAPES)
        return Tokens(self.words.tokens, self.words.counts, {"unknown": 0}, parts, self._vectors)

    @property
    def names(self) -> Sequence[str]:
        """The words."""
        return self.words.tokens

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many words there are, and how many of them are unknown."""
        unknown = int((column.of["words"][column.values] == 0).sum())
        return {self.unit: len(column.values), f"unknown {self.unit}": unknown}

    def card(self, column: Column) -> dict[str, str]:
        """Return how large the vocabulary is, how much is unknown, and for how many words there are vectors."""
        words, unknown = self.counts(column).values()
        sizes = [counted(len(self.words), self.unit)]
        if self.unit == "words":
            sizes.append(counted(len(self.characters), "characters"))
        card = {
            "vocabulary": ", ".join(sizes),
            "unknown in validation": f"{unknown:,} ({unknown / max(1, words):.2%})",
        }
        if self._vectors is not None:
            seen = np.flatnonzero(self.words.counts)
            found = int(np.isin(seen, self._vectors.rows).sum())
            share = f"{found:,} of {len(seen):,} training {self.unit} ({found / max(1, len(seen)):.1%})"
            card["vectors"] = f"{self._vectors.source}: {share}"
        return card

    def encode(self, values: Sequence[Sequence[str]], places: Sequence[str] = ()) -> Column:
        """Return texts as numbers of forms, in the order in which these come.

        Raises:
            DataError: a text is not cut into words.
        """
        for text, start in zip(values, starts(values, places), strict=True):
            if isinstance(text, str):
                raise DataError(f"{start}{quoted(text)}: expected the words of a text, not all of it.")
        every = [word for text in values for word in text]
        forms = {form: number for number, form in enumerate(dict.fromkeys(every))}
        numbers = np.fromiter(map(forms.__getitem__, every), np.int64, len(every))
        tables: dict[str, Any] = {
            "words": self.words.encode(map(self.spelling.of, forms)).astype(np.int64),
            "shapes": np.fromiter((SHAPES.index(shape(form)) for form in forms), np.int64, len(forms)),
            "characters": Column.of_rows(self.characters.encode(letters_of(form)) for form in forms),
        }
        lengths = np.fromiter(map(len, values), np.int64, len(values))
        return Column.cut(numbers, lengths)._replace(of=tables)

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return words and forms of each field, and the characters and shapes of all their forms."""
        padded = {name: column.padded(some) for name, some in rows.items()}
        real = [one.values[one.mask] for one in padded.values()]
        different, index = np.unique(np.concatenate(real), return_inverse=True)
        ends = np.cumsum([len(one) for one in real])
        fields: dict[str, Padded] = {}
        for (name, one), places in zip(padded.items(), np.split(index, ends[:-1]), strict=True):
            words, forms = np.zeros(one.values.shape, np.int64), np.zeros(one.values.shape, np.int64)
            words[one.mask] = column.of["words"][one.values[one.mask]]
            if self.unknown_rate and draw is not None:
                words[(self.words.counts[words] == 1) & (draw.random(words.shape) < self.unknown_rate)] = 0
            forms[one.mask] = places
            fields[name], fields[f"{name}.forms"] = Padded(words, one.lengths), Padded(forms, one.lengths)
        if len(rows) == 2:
            fields |= _matches(fields, *rows)
        tables = {"characters": column.of["characters"].padded(different)}
        return Coded(fields, tables | {"shapes": Padded(column.of["shapes"][different][:, None])})

    def decode(self, numbers: np.ndarray) -> list[str]:
        """Return the words of ids."""
        return [self.words.tokens[number] for number in numbers]


def _matches(fields: Mapping[str, Padded], first: str, second: str) -> dict[str, Padded]:
    """Return which words of each of two texts occur in the other; unknown words by their form."""
    found = {}
    for own, other in ((first, second), (second, first)):
        words, forms = (_occur(fields[f"{own}{part}"], fields[f"{other}{part}"]) for part in ("", ".forms"))
        real = fields[own].mask
        matches = np.zeros(real.shape, np.int64)
        matches[real] = forms | (words & (fields[own].values[real] != 0))
        found[f"{own}.matches"] = Padded(matches, fields[own].lengths)
    return found


def _occur(own: Padded, other: Padded) -> np.ndarray:
    """Return, of each real place of a text, whether its id occurs in the same row of another text."""
    size = 1 + max(own.values.max(initial=0), other.values.max(initial=0))
    return np.isin(*(np.nonzero(one.mask)[0] * size + one.values[one.mask] for one in (own, other)))


def _starting(vectors: Vectors, vocabulary: Vocabulary, spelling: Spelling, source: str) -> StartingVectors:
    """Return which words have a vector. Of those looked up as one, that which is written so wins, else the first."""
    chosen: dict[str, int] = {}
    for row, word in enumerate(vectors.words):
        spelled = spelling.of(word)
        if spelled not in chosen or (word == spelled != vectors.words[chosen[spelled]]):
            chosen[spelled] = row
    return StartingVectors(vocabulary.encode(chosen), vectors.matrix[list(chosen.values())], source)
