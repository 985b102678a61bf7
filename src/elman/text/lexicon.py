"""Words as a network reads them: an id, the characters, the shape."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from elman.text.vocabulary import Vocabulary, VocabularyBuilder

_LONGEST = 64
_MOST_FORMS = 1_000_000
_DIGITS = str.maketrans("0123456789", "0000000000")
_FILES = ("words.txt", "characters.txt")

SHAPES = ("other", "lower", "Upper", "ALL", "mIxed", "digits")
"""How a word may be capitalized; a word's shape is a place in this list."""


class Spelling(NamedTuple):
    """How words are looked up.

    Args:
        lowercase: `The` has the vector of `the`; its characters and its shape stay as they are.
        digits: each digit is read as 0, so that 1996 and 2026 have one vector.
    """

    lowercase: bool = True
    digits: bool = True

    def of(self, word: str) -> str:
        """Return a word as it is looked up."""
        if self.lowercase:
            word = word.lower()
        return word.translate(_DIGITS) if self.digits else word


class Lexicon:
    """Numbers for words. A different spelling is a form; each form has a word, characters and a shape.

    Forms are numbered as they come, only for this process; ids of words and characters are those of the vocabularies.
    A word of more than 64 characters is read by its first and its last 32.

    Args:
        words: the words, `<unk>` first.
        characters: the characters, `<unk>` first.
        spelling: how words are looked up.
    """

    def __init__(self, words: Vocabulary, characters: Vocabulary, spelling: Spelling) -> None:
        self.words, self.characters, self.spelling = words, characters, spelling
        self._forms: dict[str, int] = {}
        self._read: list[tuple[int, np.ndarray, int]] = []
        self._arrays: tuple[np.ndarray, np.ndarray, np.ndarray] = (np.empty(0, np.int64),) * 3

    @classmethod
    def learn(
        cls, sentences: Iterable[Sequence[str]], spelling: Spelling, least: int = 1, known: Sequence[str] = ()
    ) -> Self:
        """Return the lexicon of training sentences.

        Args:
            sentences: words.
            spelling: how they are looked up.
            least: how often a word must occur to be kept.
            known: words that belong to it even if they never occur, such as those of pretrained vectors.
        """
        words = VocabularyBuilder(always=list(dict.fromkeys(map(spelling.of, known))))
        characters = VocabularyBuilder()
        ids, letters = [], []
        for sentence in sentences:
            ids.append(words.encode(map(spelling.of, sentence)))
            letters.append(characters.encode("".join(sentence)))
        counts = np.bincount(np.concatenate([np.empty(0, np.uint32), *ids]), minlength=len(words))
        counts[counts < least] = 0
        of_characters = np.bincount(np.concatenate([np.empty(0, np.uint32), *letters]), minlength=len(characters))
        return cls(words.finish(counts)[0], characters.finish(of_characters)[0], spelling)

    def save(self, folder: Path) -> None:
        """Write both vocabularies into a folder."""
        for name, vocabulary in zip(_FILES, (self.words, self.characters), strict=True):
            vocabulary.save(folder / name)

    @classmethod
    def load(cls, folder: Path, spelling: Spelling) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        words, characters = (Vocabulary.load(folder / name) for name in _FILES)
        return cls(words, characters, spelling)

    @property
    def fingerprint(self) -> str:
        """A hash of both vocabularies."""
        return f"{self.words.fingerprint}-{self.characters.fingerprint}"

    def forms(self, sentence: Sequence[str]) -> list[int]:
        """Return the number of the form of each word."""
        known = self._forms
        try:
            return [known[word] for word in sentence]
        except KeyError:
            return [known[word] if word in known else self._new(word) for word in sentence]

    def trim(self) -> None:
        """Forget all forms if they have become many, as in an endless stream; earlier numbers mean nothing then."""
        if len(self._forms) > _MOST_FORMS:
            self._forms, self._read, self._arrays = {}, [], (np.empty(0, np.int64),) * 3

    def word_ids(self, forms: np.ndarray) -> np.ndarray:
        """Return the word of each form, in any shape."""
        return self._table()[0][forms]

    def shapes(self, forms: np.ndarray) -> np.ndarray:
        """Return the shape of each form, a place in `SHAPES`."""
        return self._table()[1][forms]

    def spelled(self, forms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the characters of each form (U, C), padded with 0, and the mask of what is real."""
        lengths = self._table()[2][forms]
        mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
        padded = np.zeros(mask.shape, dtype=np.int64)
        if len(forms):
            padded[mask] = np.concatenate([self._read[form][1] for form in forms])
        return padded, mask

    def _new(self, word: str) -> int:
        letters = word if len(word) <= _LONGEST else word[: _LONGEST // 2] + word[-_LONGEST // 2 :]
        word_id = int(self.words.encode([self.spelling.of(word)])[0])
        self._read.append((word_id, self.characters.encode(letters), SHAPES.index(shape(word))))
        self._forms[word] = len(self._read) - 1
        return len(self._read) - 1

    def _table(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return word, shape and number of characters of every form."""
        known = len(self._arrays[0])
        if known != len(self._read):
            new = [(word, shape, len(letters)) for word, letters, shape in self._read[known:]]
            columns = np.array(new, dtype=np.int64).reshape(-1, 3).T
            self._arrays = tuple(map(np.append, self._arrays, columns))  # type: ignore[assignment]
        return self._arrays


def shape(word: str) -> str:
    """Return how a word is capitalized, one of `SHAPES`."""
    if any(letter.isdigit() for letter in word):
        return "digits"
    if word.islower():
        return "lower"
    if word.isupper():
        return "ALL" if len(word) > 1 else "Upper"
    if word[:1].isupper() and not any(letter.isupper() for letter in word[1:]):
        return "Upper"
    return "mIxed" if any(letter.isupper() for letter in word) else "other"
