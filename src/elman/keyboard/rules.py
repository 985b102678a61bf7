"""What a suggestion costs: five ways of counting keys, whose savings cannot be compared with each other."""

from collections.abc import Mapping
from typing import NamedTuple


class Rule(NamedTuple):
    """How keys are counted.

    Args:
        said: in words.
        letters: of a word that are typed before anything is suggested.
        key: what taking a suggestion costs.
        blank: whether the blank behind a word that was taken is typed.
        once: whether a word that was suggested and passed over is not suggested again while the same word is typed.
    """

    said: str
    letters: int = 0
    key: int = 1
    blank: bool = False
    once: bool = False

    def keys(self, length: int, typed: int | None, last: bool) -> int:
        """Return how many keys a word takes, the blank behind it included.

        Args:
            length: its letters.
            typed: how many of them were typed when it was suggested and taken; None where it never was.
            last: whether it is the last of its line, behind which no blank stands.
        """
        if typed is None:
            return length + (not last)
        return typed + self.key + (self.blank and not last)


RULES: Mapping[str, Rule] = {
    "A": Rule("taking a word is a key and brings its blank"),
    "B": Rule("taking a word is a key, its blank another", blank=True),
    "C": Rule("as A, suggestions from the first letter on", letters=1),
    "D": Rule("as A, taking a word costs nothing", key=0),
    "E": Rule("as A, what was passed over is not suggested again", once=True),
}
"""By the letter that stands in signatures."""
