"""A token is a Unicode code point, or a mark in angle brackets."""

import re
from collections.abc import Sequence

from elman.text.tokenizers.character import CharacterTokenizer

_MARK = r"<[^<>\s]+>"
_TOKEN = re.compile(rf"{_MARK}|.", re.DOTALL)


class MarkedTokenizer(CharacterTokenizer):
    """Characters, and marks such as `<PL>`: features of a form, or the language that is to be written."""

    unit = "character"

    def split(self, text: str) -> Sequence[str]:
        """Return marks and characters, in their order."""
        return _TOKEN.findall(text)

    def shown(self, token: str) -> str:
        """Return one token; a blank is one that can be seen."""
        return "␣" if token == " " else token


def without_marks(text: str) -> str:
    """Return the characters of a text alone.

    >>> without_marks("<V><PST>go")
    'go'
    """
    return re.sub(_MARK, "", text)
