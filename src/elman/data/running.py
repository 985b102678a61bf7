"""A running text, training and validation, as who looks through its lines needs it."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from elman.data.records import Example
from elman.data.signs import Search, Searched

_LONG_LINE = 30
_MOST_CHARACTERS = 200_000_000


@dataclass(frozen=True)
class RunningText(Searched):
    """A text that is read line by line, of each part's files as much as two hundred million characters.

    Args:
        train: yields the blocks of the training files, as a reader does.
        valid: yields those of the validation files.
        held_out: the share of the training files that is kept for validation, at their end; 0 where there are files.
        unknown: which share of the tokens of the validation part a model does not know, 0 to 1.
        level: what a token is.
    """

    train: Callable[[], Iterable[Example]]
    valid: Callable[[], Iterable[Example]] = tuple
    held_out: float = 0.0
    unknown: float = 0.0
    level: str = "character"

    @property
    def searched(self) -> Search:
        """What was found in the blocks of both parts."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[Search, "_Lines", "_Lines"]:
        """Return what a single reading finds: signs, and the lines of both parts."""
        search, parts = Search(_line_of), (_Lines(), _Lines())
        for part, lines in zip((self.train, self.valid), parts, strict=True):
            blocks = iter(part())
            for text, where in _beginning(blocks):
                search.take(text, where)
                lines.take(text)
            lines.whole = next(blocks, None) is None
        return search, *parts

    @cached_property
    def repeated(self) -> tuple[int, int, str]:
        """How many lines of validation of 30 characters or more are in training too, how many there are, the first.

        Of a part that is held out at the end of a text that is too long to be read there, none are looked at.
        """
        _, lines, others = self._read
        train, ends = np.array(lines.hashes, np.int64), np.array(lines.ends, np.int64)
        if self.held_out and not lines.whole:
            return 0, 0, ""
        valid = np.array(others.hashes, np.int64)
        if self.held_out:
            border = int(np.searchsorted(ends, (ends[-1] if len(ends) else 0) * (1 - self.held_out)))
            train, valid = train[:border], train[border:]
        known = np.isin(valid, train)
        if not known.any():
            return 0, len(valid), ""
        wanted, left = int(valid[known][0]), int(border if self.held_out else 0)
        return int(known.sum()), len(valid), self._line(wanted, left)

    def _line(self, wanted: int, left: int) -> str:
        """Return where the first line of validation with this hash stands, after so many long lines."""
        for text, where in _beginning((self.train if self.held_out else self.valid)()):
            first = int(where.rpartition(":")[2])
            for number, line in enumerate(text.split("\n"), start=first):
                if len(line) >= _LONG_LINE:
                    left -= 1
                    if left < 0 and hash(line) == wanted:
                        return f"{where.rpartition(':')[0]}:{number}"
        return ""


def _beginning(blocks: Iterable[Example]) -> Iterator[tuple[str, str]]:
    left = _MOST_CHARACTERS
    for example in blocks:
        yield example.fields["text"], example.where
        left -= len(example.fields["text"])
        if left < 0:
            return


def _line_of(where: str, before: str) -> str:
    """Return the line of something that has so much before it in a block that begins somewhere."""
    file, _, line = where.rpartition(":")
    return f"{file}:{int(line) + before.count(chr(10))}"


class _Lines:
    """The hash of each long line of a part, how many characters end with it, and whether it was read to its end."""

    def __init__(self) -> None:
        self.hashes, self.ends, self.whole = array("q"), array("q"), True
        self._count = 0

    def take(self, text: str) -> None:
        """Take the lines of a block."""
        for line in text.split("\n"):
            self._count += len(line) + 1
            if len(line) >= _LONG_LINE:
                self.hashes.append(hash(line))
                self.ends.append(self._count)
