"""What is known of texts before anything is heard, as a prefix search asks for it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from elman.decoding.ctc.paths import NEVER


class Scorer(ABC):
    """Adds to the score of a prefix, label by label. States are values (hashable), so that prefixes share them."""

    @abstractmethod
    def begin(self) -> Any:
        """Return the state before any label."""

    @abstractmethod
    def row(self, state: Any) -> np.ndarray:
        """Return what each symbol adds behind a prefix, (V,) in nats; -inf forbids it."""

    @abstractmethod
    def after(self, state: Any, symbol: int) -> Any:
        """Return the state behind one more label."""

    @abstractmethod
    def end(self, state: Any) -> float:
        """Return what the end of the text adds; -inf where it may not end here."""


class Language(Protocol):
    """A language model over tokens, one text after the other."""

    def begin(self) -> int:
        """Return the state at the start of a text."""

    def number(self, token: str) -> int:
        """Return the number of a token."""

    def read(self, state: int, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log p (nats) of each of some next tokens, and the state behind each."""

    def end(self, state: int) -> float:
        """Return log p (nats) of the end of the text."""


class Weights(NamedTuple):
    """How a language model is added to what was heard.

    Args:
        alpha: what its log-probabilities are multiplied with.
        beta: what each of its tokens adds, in nats; it makes up for what they take away.
    """

    alpha: float
    beta: float


class Labels(Scorer):
    """A language model over the labels themselves: α log p(label | those before) + β for each.

    Args:
        names: of the symbols.
        blank: the symbol that stands for no label.
        language: the model.
        weights: α and β.
    """

    def __init__(self, names: Sequence[str], blank: int, language: Language, weights: Weights) -> None:
        self._blank, self._language, self._weights = blank, language, weights
        self._numbers = np.array([language.number(name) for name in names], np.int64)
        self._known: dict[int, tuple[np.ndarray, list[int]]] = {}

    def begin(self) -> int:
        """Return the state of the language model at the start of a text."""
        return self._language.begin()

    def row(self, state: int) -> np.ndarray:
        """Return α log p + β of each label."""
        return self._of(state)[0]

    def after(self, state: int, symbol: int) -> int:
        """Return the state behind one more label."""
        return self._of(state)[1][symbol]

    def end(self, state: int) -> float:
        """Return α log p of the end."""
        return self._weights.alpha * self._language.end(state)

    def _of(self, state: int) -> tuple[np.ndarray, list[int]]:
        if state not in self._known:
            log_probs, after = self._language.read(state, self._numbers)
            row = self._weights.alpha * log_probs + self._weights.beta
            row[self._blank] = NEVER
            self._known[state] = row, after.tolist()
        return self._known[state]


class Lexicon:
    """A list of words as a tree of labels.

    Args:
        words: each as its labels.
        symbols: V, how many symbols there are.
        space: the label between words.
    """

    def __init__(self, words: Iterable[tuple[str, Sequence[int]]], symbols: int, space: int) -> None:
        self.children: list[dict[int, int]] = [{}]
        self.words: list[str] = [""]
        for word, labels in words:
            node = 0
            for label in labels:
                if label not in self.children[node]:
                    self.children[node][label] = len(self.children)
                    self.children.append({})
                    self.words.append("")
                node = self.children[node][label]
            self.words[node] = word
        self.rows = np.full((len(self.children), symbols), NEVER)
        for node, children in enumerate(self.children):
            self.rows[node, list(children)] = 0.0
            if self.words[node]:
                self.rows[node, space] = 0.0


class _Inside(NamedTuple):
    """Where a prefix is: behind some words, and some labels into the next."""

    language: int
    node: int
    word: str
    behind_space: bool = False


class Words(Scorer):
    """A language model over words, a list of the only words there are, or both, where labels are characters.

    A word adds α log p(word | those before) + β when the blank between words ends it, and the last word when the text
    ends, together with α log p(end). With a list, no prefix leaves it, and texts have single blanks between words.

    Args:
        names: of the symbols.
        space: the label between words.
        weights: α and β.
        language: the model, or None.
        lexicon: the list, or None.
    """

    def __init__(
        self,
        names: Sequence[str],
        space: int,
        weights: Weights,
        language: Language | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self._names, self._space, self._weights = names, space, weights
        self._language, self._lexicon = language, lexicon
        self._free = np.zeros(len(names))
        self._read: dict[tuple[int, int], tuple[float, int]] = {}

    def begin(self) -> _Inside:
        """Return the state before the first word."""
        return _Inside(self._language.begin() if self._language else 0, 0, "")

    def row(self, state: _Inside) -> np.ndarray:
        """Return what each label adds: nothing but for the blank that ends a word, and for what no word has."""
        row = self._free if self._lexicon is None else self._lexicon.rows[state.node]
        if not state.word or row[self._space] == NEVER:
            return row
        row = row.copy()
        row[self._space] = self._added(state)[0]
        return row

    def after(self, state: _Inside, symbol: int) -> _Inside:
        """Return the state behind one more label."""
        if symbol != self._space:
            node = 0 if self._lexicon is None else self._lexicon.children[state.node][symbol]
            return _Inside(state.language, node, state.word + self._names[symbol])
        return _Inside(self._added(state)[1] if state.word else state.language, 0, "", True)

    def end(self, state: _Inside) -> float:
        """Return what the last word adds, and the end; with a list -inf inside of a word, and behind a blank."""
        if self._lexicon is not None and (state.behind_space or (state.word and not self._lexicon.words[state.node])):
            return NEVER
        added, language = self._added(state) if state.word else (0.0, state.language)
        return added + (self._weights.alpha * self._language.end(language) if self._language else 0.0)

    def _added(self, state: _Inside) -> tuple[float, int]:
        """Return what a word adds that ends here, and the state of the language model behind it."""
        if self._language is None:
            return self._weights.beta, 0
        key = state.language, self._language.number(state.word)
        if key not in self._read:
            log_probs, after = self._language.read(key[0], np.array(key[1:]))
            added = self._weights.alpha * float(log_probs[0]) + self._weights.beta
            self._read[key] = added, int(after[0])
        return self._read[key]
