"""How words are looked up, and what their letters say."""

from typing import NamedTuple

_LONGEST = 64
_DIGITS = str.maketrans("0123456789", "0000000000")

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


def letters_of(word: str) -> str:
    """Return the characters that a word is read by: of one of more than 64, its first and its last 32."""
    return word if len(word) <= _LONGEST else word[: _LONGEST // 2] + word[-_LONGEST // 2 :]


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
