"""Suggestions of a language model of words: its vocabulary by spelling, and one step of the model a word."""

from typing import Any, NamedTuple

import numpy as np

from elman.decoding.choice import check_numbers, likeliest
from elman.decoding.stepper import Stepper
from elman.keyboard.base import Keyboard, Suggestion, in_case
from elman.keyboard.own_words import OwnWords
from elman.keyboard.words import Words
from elman.text.tokenization import Tokenization

LEARNED_SHARE = 0.1
"""λ, the probability that is kept for words learned in the session, once there are some."""


class Context(NamedTuple):
    """What is known at the beginning of a word. It never changes.

    Args:
        of_tokens: log p of each token, (V,).
        of_words: log p of each word, (W,).
        state: of the stepper.
    """

    of_tokens: np.ndarray
    of_words: np.ndarray
    state: Any


class WordKeyboard(Keyboard):
    """Suggests words by a language model of words, and by what was typed in this session.

        p'(w | history) = (1 - λ) p(w | history) + λ c(w) / (N + N_0)

    the second term only once unknown words were learned, c(w) times each of N words typed, N_0 = 500. The model makes
    one step a word and none a key: letters only choose among its words, and before the likeliest are taken. Equally
    likely words stand in the order of their spelling.

    Args:
        stepper: a model of words.
        tokens: what it reads.
    """

    def __init__(self, stepper: Stepper, tokens: Tokenization) -> None:
        self._stepper, self._vocabulary = stepper, tokens.vocabulary
        self._line_end = tokens.start_id
        self.words = Words(tokens.vocabulary.tokens)
        self.own, self.most = OwnWords(), len(self.words)

    def begin(self) -> Context:
        """Return what is known before the first word of a text."""
        return self._advance(self._stepper.start, self._stepper.begin(np.zeros(1, np.int64)))

    def after(self, context: Context, word: str) -> Context:
        """Return what is known after one more word, which the model reads in a case that it knows."""
        return self._advance(self._id_of(word), context.state)

    def after_line(self, context: Context) -> Context:
        """Return what is known at the beginning of the next line: of lines that are texts of their own, nothing."""
        if self._stepper.end is not None:
            return self.begin()
        return self._advance(self._line_end, context.state)

    def knows(self, word: str) -> bool:
        """Say whether a word is in the vocabulary, in any case."""
        return word in self.words

    def reads(self, token: str) -> bool:
        """Say whether the model has a token, be it a word in any case or a sign."""
        return token in self._vocabulary or self.knows(token)

    def suggestions(self, context: Context, letters: str = "", k: int = 3) -> list[Suggestion]:
        """Return the k likeliest words that begin with some letters; see `Keyboard`."""
        out = self.own.removed.union([letters.casefold()])
        first, stop = self.words.beginning(letters)
        within = context.of_words[first:stop]
        lacking = sum(place is not None and first <= place < stop for place in map(self.words.place, out))
        found = []
        learned = self.own.beginning(letters)
        kept = np.log1p(-LEARNED_SHARE) if len(self.own) else 0.0
        for place in likeliest(within[None], k + lacking)[0].tolist():
            if within[place] > -np.inf and self.words.spelled[first + place] not in out:
                shown = self.words.shown(first + place, context.of_tokens)
                found.append((within[place] + kept, self.words.spelled[first + place], shown))
        found += [(np.log(LEARNED_SHARE * share), word, shown) for word, shown, share in learned if word not in out]
        found.sort(key=lambda one: (-one[0], one[1]))
        return [Suggestion(in_case(shown, letters), float(np.exp(log_prob))) for log_prob, _, shown in found[:k]]

    def _advance(self, token: int, state: Any) -> Context:
        log_probs, after = self._stepper.advance(np.array([token]), state)
        check_numbers(log_probs)
        return Context(log_probs[0], self.words.log_probs(log_probs[0]), after)

    def _id_of(self, word: str) -> int:
        """Return the id of a word as it is, or else in the case in which it is most frequent."""
        if word not in self._vocabulary and (place := self.words.place(word)) is not None:
            ids = self.words.ids(place)
            return int(ids[int(self._vocabulary.counts[ids].argmax())])
        return int(self._vocabulary.encode([word])[0])
