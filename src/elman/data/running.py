"""A running text, training and validation, as who looks through its lines needs it."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from elman.data.records import Example
from elman.data.signs import Searched

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

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the blocks of both parts."""
        for part in (self.train, self.valid):
            yield from _beginning(part())

    def place(self, where: str, before: str) -> str:
        """Return the line."""
        file, _, line = where.rpartition(":")
        return f"{file}:{int(line) + before.count(chr(10))}"

    @cached_property
    def repeated(self) -> tuple[int, int, str]:
        """How many lines of validation of 30 characters or more are in training too, how many there are, the first.

        Of a part that is held out at the end of a text that is too long to be read there, none are looked at.
        """
        train, ends, is_whole = _hashes(self.train)
        if self.held_out and not is_whole:
            return 0, 0, ""
        if self.held_out:
            border = int(np.searchsorted(ends, (ends[-1] if len(ends) else 0) * (1 - self.held_out)))
            train, valid = train[:border], train[border:]
        else:
            valid, _, _ = _hashes(self.valid)
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


def _hashes(part: Callable[[], Iterable[Example]]) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return the hash of each long line, how many characters end with it, and whether the part was read to its end."""
    found, ends, count, blocks = array("q"), array("q"), 0, iter(part())
    for text, _ in _beginning(blocks):
        for line in text.split("\n"):
            count += len(line) + 1
            if len(line) >= _LONG_LINE:
                found.append(hash(line))
                ends.append(count)
    return np.array(found, np.int64), np.array(ends, np.int64), next(blocks, None) is None
