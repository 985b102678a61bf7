"""Signs that text rarely has on purpose: how often they are in data, and where first."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

_ORDINARY = bytes(byte for byte in range(256) if byte in b"\t\n\v\f\r" or byte >= 0x80 or 0x20 <= byte < 0x7F)
_BEGINNINGS = ("Ã", "â€", "\u200b", "\ufeff", "\ufffd")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffd]|Ã[\x80-\xbf]|â€[\x80-\xbf™œ]")


class Sign(NamedTuple):
    """A character, or some in a row, that text rarely has on purpose: how many times it is there, and where first."""

    times: int
    where: str


class Search:
    """Looks for such signs in one text after the other.

    Args:
        place: says where something stands in a text that begins somewhere and has so much before it.
    """

    def __init__(self, place: Callable[[str, str], str]) -> None:
        self.characters = 0
        self._place, self._counts, self._first = place, Counter[str](), dict[str, str]()

    def take(self, text: str, where: str) -> None:
        """Look through a text that begins somewhere."""
        self.characters += len(text)
        if not _may_have_some(text):
            return
        for found in _ODD.finditer(text):
            self._counts[found[0]] += 1
            if found[0] not in self._first:
                self._first[found[0]] = self._place(where, text[: found.start()])

    @property
    def signs(self) -> dict[str, Sign]:
        """What was found, in the order in which it came."""
        return {sign: Sign(self._counts[sign], where) for sign, where in self._first.items()}


def _may_have_some(text: str) -> bool:
    """Say whether a text has to be looked through: a quick look for the bytes that every sign begins with."""
    data = text.encode("utf-8", "surrogatepass")
    if data.translate(None, _ORDINARY):
        return True
    return not text.isascii() and (b"\xc2" in data or any(sign in text for sign in _BEGINNINGS))


class Searched(ABC):
    """Data whose texts are searched for such signs."""

    @property
    @abstractmethod
    def searched(self) -> Search:
        """What was found in them, which is looked for once."""

    @property
    def signs(self) -> dict[str, Sign]:
        """Signs that text rarely has on purpose, in the order in which they come."""
        return self.searched.signs

    @property
    def characters(self) -> int:
        """How many characters were searched."""
        return self.searched.characters
