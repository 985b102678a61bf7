"""What a format promises, and how many texts have it."""

from abc import ABC, abstractmethod
from collections import Counter


class Format(ABC):
    """Says whether a text parses, as its own parser would have it: nothing is mended, guessed or forgiven."""

    @abstractmethod
    def fault(self, text: str) -> str:
        """Return what is wrong first, a few words that many faults have in common; empty where the text parses.

        Args:
            text: without blanks and empty lines around it, and not empty.
        """


class Tally:
    r"""Counts texts that parse, and those of them that are nothing new.

    >>> from elman.formats.brackets import Brackets
    >>> tally = Tally(Brackets(), known="(a)\n(d)\n")
    >>> [tally.add(text) for text in ("(a)", "(b", "(c)", "")]
    ['', 'open at the end', '', 'empty']
    >>> tally.texts, tally.parsed, tally.copied
    (4, 2, 1)

    Args:
        form: the format.
        known: texts whose lines, some in a row, are no news.
    """

    def __init__(self, form: Format, known: str = "") -> None:
        self.form = form
        self.texts, self.parsed, self.copied = 0, 0, 0
        self.faults = Counter[str]()
        self._known = f"\n{known}\n"
        self._lines = set(known.split("\n"))

    def add(self, text: str) -> str:
        """Count a text without what is blank around it. Returns what is wrong with it first, or an empty text."""
        stripped = text.strip()
        fault = self.form.fault(stripped) if stripped else "empty"
        self.texts += 1
        if fault:
            self.faults[fault] += 1
        else:
            self.parsed += 1
            self.copied += self._is_known(stripped)
        return fault

    def _is_known(self, text: str) -> bool:
        lines = text.split("\n")
        return self._lines.issuperset(lines) and (len(lines) == 1 or f"\n{text}\n" in self._known)
