"""What a keyboard promises to lines that are typed, files that are typed and terminals."""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from elman.keyboard.own_words import OwnWords


class Suggestion(NamedTuple):
    """A word that may be meant.

    Args:
        word: as it would be written.
        probability: of the word after those before, whatever was typed of it.
    """

    word: str
    probability: float


class Keyboard(ABC):
    """Suggests words: the likeliest after those before that begin with the letters typed so far.

    A context is what is known at the beginning of a word. It never changes, so that whoever deletes a word goes back to
    the one before. A word that was suggested stays while the next letter agrees: letters only take others away.

    Args:
        own: the words of the session.
        most: how many words can be suggested at once, at most.
    """

    own: OwnWords
    most: int

    @abstractmethod
    def begin(self) -> Any:
        """Return what is known before the first word of a text."""

    @abstractmethod
    def after(self, context: Any, word: str) -> Any:
        """Return what is known after one more word."""

    @abstractmethod
    def after_line(self, context: Any) -> Any:
        """Return what is known at the beginning of the next line: of lines that are texts of their own, nothing."""

    @abstractmethod
    def knows(self, word: str) -> bool:
        """Say whether the model can suggest a word, in any case."""

    @abstractmethod
    def reads(self, token: str) -> bool:
        """Say whether the model reads what stands between blanks as it is, be it a word or a sign."""

    @abstractmethod
    def suggestions(self, context: Any, letters: str = "", k: int = 3) -> list[Suggestion]:
        """Return the k likeliest words that begin with some letters, likeliest first; fewer where there are no more.

        A word that is typed in full already is none of them. Letters keep the case in which they were typed, and
        equally likely words stand in the order of their spelling.

        Args:
            context: the words before.
            letters: typed of the word so far.
            k: how many.
        """


def in_case(word: str, letters: str) -> str:
    """Return a word in the case of the letters that were typed of it: capitals stay, others are the word's.

    >>> [in_case("house", typed) for typed in ("ho", "Ho", "HO", "H", "hoU")]
    ['house', 'House', 'HOUSE', 'House', 'hoUse']
    """
    if len(letters) > 1 and letters.isupper():
        return word.upper()
    begun = word[: len(letters)]
    if any(map(str.isupper, letters[1:])) and begun.casefold() == letters.casefold():
        return letters + word[len(letters) :]
    if letters[:1].isupper() and word[:1].casefold() == letters[:1].casefold():
        return word[:1].upper() + word[1:]
    return word
