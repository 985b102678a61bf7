"""What a corrector is told, and what it gives back."""

from collections.abc import Sequence
from typing import NamedTuple

from elman.errors import ConfigError


class Options(NamedTuple):
    """How readily words are changed.

    Args:
        weight: λ, what the language model counts against the error model.
        threshold: a word is changed where that is exp(threshold) times as likely as leaving it.
        unknown: nats a letter that it costs an unknown word to be spelled as it is.
        blank: nats that a blank costs that was added or left out; infinity: words are neither joined nor split.
        beam: beginnings of a line that live on.
        candidates: words that are looked at for one, besides itself.
    """

    weight: float = 1.0
    threshold: float = 1.0
    unknown: float = 2.5
    blank: float = 8.0
    beam: int = 8
    candidates: int = 12

    def checked(self) -> "Options":
        """Return these, whose first four have to be numbers of 0 or more.

        Raises:
            ConfigError: one is not.
        """
        wrong = [f"--{name} {one:g}" for name, one in list(self._asdict().items())[:4] if not one >= 0]
        if wrong:
            raise ConfigError(f"{' '.join(wrong)}: expected {'numbers' if wrong[1:] else 'a number'} of 0 or more.")
        return self


USUAL = Options()


class Change(NamedTuple):
    """A word, or two that are one, and what may have been meant.

    Args:
        line: its number, from 0.
        start: where it begins in the line.
        typed: what stood there, with the blank between two.
        written: what stands there now.
        odds: how many times as likely what was written is as what was typed, the rest of the line as it is now.
        alternatives: words, the likeliest first; with odds, only where they are wanted.
    """

    line: int
    start: int
    typed: str
    written: str
    odds: float | None = None
    alternatives: Sequence[str] = ()


class Corrected(NamedTuple):
    """Lines as they are now, what was changed, and words that were left alone by what they are.

    Args:
        lines: the text.
        changes: each, in order.
        kept: how many were left alone, by what they are.
        remarks: what a reader must know.
    """

    lines: list[str]
    changes: list[Change]
    kept: dict[str, int]
    remarks: list[str]
