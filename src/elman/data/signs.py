"""Signs that text rarely has on purpose: how often they are in data, and where first."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffd]|Ã[\x80-\xbf]|â€[\x80-\xbf™œ]")


class Sign(NamedTuple):
    """A character, or some in a row, that text rarely has on purpose: how many times it is there, and where first."""

    times: int
    where: str


class Searched(ABC):
    """Data whose texts are searched for such signs."""

    @abstractmethod
    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield each text, and where it begins."""

    @abstractmethod
    def place(self, where: str, before: str) -> str:
        """Return where something stands in a text that begins there and has so much before it."""

    @property
    def signs(self) -> dict[str, Sign]:
        """Signs that text rarely has on purpose, in the order in which they come."""
        return self._searched[0]

    @property
    def characters(self) -> int:
        """How many characters were searched."""
        return self._searched[1]

    @cached_property
    def _searched(self) -> tuple[dict[str, Sign], int]:
        characters = 0
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for text, where in self.texts():
            characters += len(text)
            if text.isascii() and text.isprintable():
                continue
            for found in _ODD.finditer(text):
                counts[found[0]] += 1
                if found[0] not in first:
                    first[found[0]] = self.place(where, text[: found.start()])
        return {sign: Sign(counts[sign], first[sign]) for sign in first}, characters
