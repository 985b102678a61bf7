"""Every error a user can meet, and the sentence they are told.

A message reads `where: what is wrong: got X, expected Y. What to do.` An error may hold several such
lines, because a configuration is checked to its end before anything is refused.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


class ElmanError(Exception):
    """A mistake that the user can mend. The command line prints its lines and exits with 2."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class ConfigError(ElmanError, ValueError):
    """A setting, option or name that cannot be used. A ValueError, so that a validator may raise it."""


class DataError(ElmanError):
    """A file whose content cannot be used."""


class OptionError(DataError):
    """A file that can be used with some options.

    Args:
        line: what is wrong.
        options: of its reader, by key.
    """

    def __init__(self, line: str, options: Mapping[str, Any]) -> None:
        super().__init__(line)
        self.options = options


class NoLineError(DataError):
    """A line of text for a run that reads none.

    Args:
        things: what it reads.
    """

    def __init__(self, things: str) -> None:
        super().__init__(
            f"this run reads {things}, not lines of text. Give a file with --input data, or in Python "
            "model.answer(list(model.read(FILE)))."
        )


class TabsError(DataError):
    """A line that does not have the texts which a run reads, with tabs between.

    Args:
        line: the line.
        expected: how many tabs, and what stands between them.
        besides: what else reads a text.
    """

    def __init__(self, line: str, expected: str, besides: str = "") -> None:
        found = line.count("\t")
        got = f"got {found} tab{'s' * (found != 1)} in {line!r}, expected {expected}"
        super().__init__(
            f"{got}. A file like those of the training is read by elman predict RUN FILE --input data{besides}."
        )


class ShapeError(ElmanError):
    """Tensors that do not fit each other."""


class CheckpointError(ElmanError):
    """A run folder or checkpoint that cannot be read or written."""


class NotWrittenError(CheckpointError):
    """Something of a run that the system would not write.

    Args:
        path: of the file or folder.
        reason: what the system said.
        advice: what to do, one or two sentences.
    """

    def __init__(self, path: object, reason: object, advice: str = "") -> None:
        super().__init__(f"{path}: cannot be written: {reason}. {advice}".rstrip())
        self.reason = reason


class KernelError(ElmanError):
    """Native kernels that were asked for and are not there."""


class TrainingError(ElmanError):
    """A training that was given up: the loss or the gradient left the finite numbers."""


def is_lack_of_memory(error: BaseException) -> bool:
    """Say whether an error means that there is not the memory that Python, NumPy, torch or a GPU was asked for."""
    said = str(error) if isinstance(error, RuntimeError) else ""
    return isinstance(error, MemoryError) or any(one in said for one in ("can't allocate memory", "out of memory"))


def quoted(text: str, most: int = 80) -> str:
    """Return a text between quotes, on one line, and without its middle where it is long.

    >>> quoted("a" * 20, most=8)
    "'aaaa...aaaa'"
    """
    half = most // 2
    return repr(text if len(text) <= most else f"{text[:half]}...{text[-half:]}")


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return `Did you mean 'x'?`, or the list of choices when none is close.

    >>> did_you_mean("lsmt", ["lstm", "gru"])
    "Did you mean 'lstm'?"
    """
    known = sorted(choices)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Choose one of: {', '.join(known)}." if known else "There is nothing to choose from."
