"""What a model is told of each field that it reads or answers: once, by value, when it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple, TypeVar

import numpy as np

from elman.errors import ConfigError


class StartingVectors(NamedTuple):
    """Vectors that some rows of a table start with.

    Args:
        rows: which, each once.
        matrix: their vectors, (N, E).
        source: where they come from, for messages.
    """

    rows: np.ndarray
    matrix: np.ndarray
    source: str


@dataclass(frozen=True, eq=False)
class Tokens:
    """Ids of a vocabulary.

    Args:
        names: what each id stands for.
        counts: how often each occurs in training; the most frequent come first. Empty where nobody counted.
        marks: ids that mean something to whoever feeds a model, such as `unknown`, `start`, `end`.
        parts: of tokens that are spelled, how many ids each table of their forms has, such as `characters`.
        vectors: what rows of their table start with.
    """

    names: Sequence[str]
    counts: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    marks: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    vectors: StartingVectors | None = None

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Sentences(Tokens):
    """Ids of a vocabulary, in sentences.

    Args:
        most: how many sentences of a text are read at most.
        longest: how many words the longest sentence of training has.
    """

    most: int = 1
    longest: int = 1


@dataclass(frozen=True, eq=False)
class Passages(Tokens):
    """Ids of a vocabulary, in passages and questions about them.

    Args:
        signs: how many numbers each word of a passage has for what it shares with the question.
    """

    signs: int = 0


@dataclass(frozen=True)
class Spans:
    """Pieces of a passage, by their first and their last word.

    Args:
        longest: words that one has at most.
    """

    longest: int

    def __len__(self) -> int:
        return self.longest


class Follows(NamedTuple):
    """Which classes may stand where in a sequence.

    Args:
        starts: whether a sequence may begin with a class, bool (K,).
        pairs: whether a class, the row, may be followed by another, the column, bool (K, K).
        ends: whether a sequence may end with a class, bool (K,).
    """

    starts: np.ndarray
    pairs: np.ndarray
    ends: np.ndarray


@dataclass(frozen=True, eq=False)
class Classes:
    """One of some classes, or several of them.

    Args:
        names: of the classes.
        several: whether any number of them may hold at once.
        follows: which may follow which; None where all may.
    """

    names: Sequence[str]
    several: bool = False
    follows: Follows | None = None

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Numbers:
    """A number on a scale.

    Args:
        low: the lowest it can be.
        high: the highest.
        levels: steps of the scale, both ends included.
    """

    low: float
    high: float
    levels: int

    def __len__(self) -> int:
        return self.levels


@dataclass(frozen=True)
class Frames:
    """Vectors of floats over time.

    Args:
        shape: of one frame, whose numbers lie one behind the other: (F,) for F numbers; (W, C) for a row of a picture,
            W places in C colours; (H, W, C) for a whole picture, as those of a film.
    """

    shape: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many numbers a frame has."""
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Ahead:
    """Numbers over time that are to be forecast, each standardised: K of them at each of the next H steps.

    Args:
        steps: H.
        deviations: by what each of the K was divided, in the units of the data, (K,).
    """

    steps: int
    deviations: np.ndarray

    def __len__(self) -> int:
        return self.steps * len(self.deviations)


@dataclass(frozen=True)
class Points:
    """Points of a pen: how far it goes to each in x and y, and 1 where it is lifted there.

    Args:
        of_a_character: how many a character has, about, where a text is written; 0 where none is.
    """

    of_a_character: int = 0

    def __len__(self) -> int:
        return 3


Outline = Tokens | Classes | Numbers | Frames | Ahead | Points | Spans


K = TypeVar("K")


class Outlines(NamedTuple):
    """What a task tells a model.

    Args:
        reads: what it reads, by the name of the field.
        answers: what it is asked for, by the name of the head, the first first.
    """

    reads: Mapping[str, Outline]
    answers: Mapping[str, Outline]


def outline_of(outlines: Mapping[str, Outline], name: str, kind: type[K], expected: str) -> K:
    """Return what is told of a field that a model needs to be of a kind.

    Args:
        outlines: by name.
        name: of the field.
        kind: what it has to be.
        expected: what that is called.

    Raises:
        ConfigError: the field is of another kind.
    """
    found = outlines[name]
    if not isinstance(found, kind):
        raise ConfigError(f"{name}: got {type(found).__name__.lower()}, expected {expected}. Choose another model.")
    return found


def tokens_of(outlines: Mapping[str, Outline], name: str) -> Tokens:
    """Return what is told of a field of tokens.

    Raises:
        ConfigError: the field is of another kind.
    """
    return outline_of(outlines, name, Tokens, "tokens")
