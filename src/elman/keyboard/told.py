"""Lines that are there already, with what would have been suggested to whoever typed them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from elman.keyboard.base import Keyboard, Suggestion
from elman.keyboard.line import ENTER, Line, parts
from elman.keyboard.words import is_word


class TypedWord(NamedTuple):
    """A word of a line.

    Args:
        word: as it stands there.
        known: whether it is of the model or of the session.
        letters: after how many of them it is suggested; None where it never is.
        suggestions: before its first letter.
    """

    word: str
    known: bool
    letters: int | None
    suggestions: Sequence[Suggestion]


class TypedLine(NamedTuple):
    """A line with what is suggested for it.

    Args:
        text: the line.
        words: its words, without signs and numbers.
        next: what is suggested at its end: for the word that it ends with, or for the next one behind a blank.
    """

    text: str
    words: Sequence[TypedWord]
    next: Sequence[Suggestion]

    def facts(self) -> dict[str, Any]:
        """Return it for JSON."""
        words = [{**one._asdict(), "suggestions": _facts(one.suggestions)} for one in self.words]
        return {"text": self.text, "words": words, "next": _facts(self.next)}


def typed_line(keyboard: Keyboard, line: Line, text: str, k: int) -> TypedLine:
    """Return what is suggested for a text that is typed at the place of a line, and end that line.

    Args:
        keyboard: suggests.
        line: on that keyboard.
        text: without a line break.
        k: how many words are suggested.
    """
    words, context = [], line.beginning
    for word in (word for piece in text.split() for word in parts(keyboard, piece)):
        if is_word(word):
            words.append(_typed(keyboard, context, word, k))
        context = keyboard.after(context, word)
    line.write(text)
    following = line.suggestions
    line.press(ENTER)
    return TypedLine(text, words, following)


def _typed(keyboard: Keyboard, context: Any, word: str, k: int) -> TypedWord:
    first = keyboard.suggestions(context, "", k)
    asked = (keyboard.suggestions(context, word[:letters], k) if letters else first for letters in range(len(word)))
    folded = word.casefold()
    letters = next((n for n, found in enumerate(asked) if folded in {one.word.casefold() for one in found}), None)
    return TypedWord(word, keyboard.knows(word) or word in keyboard.own, letters, first)


def _facts(found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [one._asdict() for one in found]
