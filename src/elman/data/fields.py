"""What an example has: fields, each of a kind, from which follows which file can hold what a task needs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What the value of a field is."""

    STREAM = "running text"
    """Blocks of whole lines of one long text."""

    TEXT = "text"
    """One text, a string."""

    TEXTS = "texts"
    """Texts of which each would be right, a list of strings."""

    STORY = "story"
    """What is told before a question, a list of sentences."""

    WORDS = "words"
    """A text cut into words, a list of strings."""

    TAGS = "tags"
    """A string for each word."""

    SPANS = "spans"
    """Pieces of a text of which each would be right, a list of `elman.text.passages.Span`."""

    CHOICES = "choices"
    """Texts of which one answers a question, a list of strings."""

    LABEL = "label"
    """One string."""

    LABELS = "labels"
    """A list of strings, one or several."""

    NUMBER = "number"
    """A number, as the file writes it."""

    FRAMES = "frames"
    """Numbers over time, an array (T, F); NaN where one is missing."""

    VECTORS = "vectors"
    """Numbers for each step that are read as they are, an array (T, F); NaN where nothing is asked."""

    @property
    def numeric(self) -> bool:
        """Whether the value is an array of numbers over time, and no line of text."""
        return self in (Kind.FRAMES, Kind.VECTORS)


class Field(NamedTuple):
    """A named part of an example."""

    name: str
    kind: Kind


def names_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the names of fields."""
    return tuple(field.name for field in fields)


def hold(holds: Mapping[Kind, int], fields: Sequence[Field]) -> bool:
    """Say whether an example of a format can have these fields. Where a text can stand, texts of one can.

    Args:
        holds: how many fields of each kind it may have; of a kind that is not there, none.
        fields: what a task needs.
    """
    wanted = Counter(field.kind for field in fields)
    alone = max(0, wanted[Kind.TEXTS] - holds.get(Kind.TEXTS, 0))
    wanted[Kind.TEXTS] -= alone
    wanted[Kind.TEXT] += alone
    return all(count <= holds.get(kind, 0) for kind, count in wanted.items())
