"""What a demonstration promises."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from elman.errors import DataError


class Demo(ABC):
    """Data that nobody has to fetch, settings for a minute of training, and inputs to try the model on."""

    ending: ClassVar[str] = "txt"
    """Of the file."""

    settings: ClassVar[Mapping[str, Any]]
    """Configuration keys; the task is among them. Where few updates teach nothing, their number is too, at most a
    minute of two cores: on a crowded machine a minute may be too short."""

    inputs: ClassVar[Sequence[str]] = ()
    """What the trained model is shown at the end."""

    @abstractmethod
    def text(self) -> str:
        """Return the data; the same at every call."""

    def write(self, path: Path) -> None:
        """Write the data into a file.

        Raises:
            DataError: there is another file of that name, or it cannot be written.
        """
        put(path, self.text().encode())


def put(path: Path, content: bytes) -> None:
    """Write a file of a demonstration.

    Raises:
        DataError: there is another file of that name, or it cannot be written.
    """
    try:
        if path.exists() and path.read_bytes() != content:
            raise DataError(f"{path}: is there already, with another text. Give another --out.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}. Give another --out.") from error


_ONSETS = [
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]


def invented(draw: Random, ending: str) -> str:
    """Return a name that nobody has, such as `Traibel`."""
    syllables = "".join(draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(draw.randint(1, 2)))
    return (syllables + draw.choice(["n", "l", "r", "s", "m", ""]) + ending).capitalize()
