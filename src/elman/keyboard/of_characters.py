"""Suggestions of a language model of characters: words that it spells, letter by letter until a blank."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.decoding.search import Beam, search
from elman.decoding.stepper import Stepper
from elman.decoding.until import Until
from elman.errors import ConfigError
from elman.keyboard.base import Keyboard, Suggestion, in_case
from elman.keyboard.own_words import OwnWords
from elman.keyboard.words import is_word
from elman.text.tokenization import Tokenization

_WIDTH = 16
_LONGEST = 30
"""Characters of a word that is spelled, the blank behind it included."""


class Place(NamedTuple):
    """Where in a text a word begins.

    Args:
        state: of the stepper, a row.
        pending: the character that it has not read yet: the blank before the word, or what begins a text.
    """

    state: Any
    pending: int


class SpellingKeyboard(Keyboard):
    """Suggests what a search spells behind the letters typed so far, until a blank.

        p(w | history) = Π_i p(w_i | history, w_1 .. w_{i-1}) · p(blank | history, w)

    It can spell any word, so none is learned. Letters are read as they are, or in lower case where the model has no
    other; a key takes a search, which is slower than a vocabulary.

    Args:
        stepper: a model of characters.
        tokens: what it reads.

    Raises:
        ConfigError: its text has no blanks.
    """

    most = 50

    def __init__(self, stepper: Stepper, tokens: Tokenization) -> None:
        self._stepper, self._vocabulary, self._line_end = stepper, tokens.vocabulary, tokens.start_id
        if " " not in tokens.vocabulary:
            raise ConfigError("typing: the text that the model was trained on has no blanks, so it spells no words.")
        self._blank = int(tokens.vocabulary.encode([" "])[0])
        signs = (not (token.isalnum() or token in " '’-") for token in tokens.vocabulary.tokens)
        self._never = sorted({*np.flatnonzero(list(signs)).tolist(), *tokens.unknown_ids})
        self.own = OwnWords()

    def begin(self) -> Place:
        """Return the beginning of a text."""
        return Place(self._stepper.begin(np.zeros(1, np.int64)), self._stepper.start)

    def after(self, context: Place, word: str) -> Place:
        """Return the beginning of the next word, behind a word and a blank."""
        state = context.state
        for token in [context.pending, *self._ids(word)]:
            _, state = self._stepper.advance(np.array([token]), state)
        return Place(state, self._blank)

    def after_line(self, context: Place) -> Place:
        """Return the beginning of the next line: of lines that are texts of their own, of a text."""
        return self.begin() if self._stepper.end is not None else Place(context.state, self._line_end)

    def knows(self, word: str) -> bool:
        """Say whether the model has every letter of a word."""
        return is_word(word) and self.reads(word)

    def reads(self, token: str) -> bool:
        """Say whether the model has every character of what stands between blanks, a letter or digit among them."""
        return any(map(str.isalnum, token)) and all(self._as_known(one) in self._vocabulary for one in token)

    def suggestions(self, context: Place, letters: str = "", k: int = 3) -> list[Suggestion]:
        """Return the k likeliest words that a search spells from some letters on, none from a letter that it lacks."""
        out = self.own.removed.union([letters.casefold(), ""])
        unknown = any(self._as_known(one) not in self._vocabulary for one in letters)
        if unknown or len(letters) >= _LONGEST - 1:
            return []
        wanted = k + len(out)
        beam = Beam(max(_WIDTH, wanted), wanted, banned=self._never)
        onwards = Until(_Onwards(self._stepper, context), self._blank)
        [paths] = search(onwards, [np.array(self._ids(letters), np.int64)], np.array([_LONGEST]), beam)
        words = (("".join(self._vocabulary.decode(path.ids)), path.log_prob) for path in paths if path.ended)
        found = [(log_prob, word) for word, log_prob in words if is_word(word) and word.casefold() not in out]
        found.sort(key=lambda one: (-one[0], one[1]))
        shown = dict[str, Suggestion]()
        for log_prob, word in found:
            shown.setdefault(word.casefold(), Suggestion(in_case(word, letters), float(np.exp(log_prob))))
        return list(shown.values())[:k]

    def _ids(self, text: str) -> Sequence[int]:
        known = [self._as_known(one) for one in text]
        return [int(number) for number in self._vocabulary.encode(known)]

    def _as_known(self, letter: str) -> str:
        return letter if letter in self._vocabulary else letter.lower()


class _Onwards(Stepper):
    """A stepper whose rows all go on from a place in a text."""

    def __init__(self, stepper: Stepper, place: Place) -> None:
        self._stepper, self._place = stepper, place
        self.size, self.start, self.end = stepper.size, place.pending, stepper.end

    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state of the place for each row."""
        return self._stepper.select(self._place.state, np.zeros(len(inputs), np.int64))

    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next."""
        return self._stepper.advance(ids, state)

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return self._stepper.select(state, rows)

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        return self._stepper.join(states)
