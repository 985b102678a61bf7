"""An answer, and how what stands in one is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elman.text.printed import on_one_line

_MOST_SHOWN = 100


@dataclass(frozen=True, repr=False)
class Answer:
    """What a model says to one input.

    Args:
        value: for Python.
        shown: one line for a person, or several.
        facts: for JSON, the input included; nothing where nobody asked for them.
    """

    value: Any
    shown: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what `elman predict` prints."""
        return self.shown

    def __repr__(self) -> str:
        """Say the beginning of that in one line."""
        line = on_one_line(self.shown)
        return f"<answer: {line if len(line) <= _MOST_SHOWN else f'{line[:_MOST_SHOWN]}...'}>"


def rounded(numbers: np.ndarray) -> list[Any]:
    """Return numbers as JSON has them: to four digits, one row a list."""
    if numbers.ndim > 1:
        return [rounded(row) for row in numbers]
    return [round(float(number), 4) for number in numbers]


Ranked = Sequence[tuple[str, float]]
"""Names with a number each, such as labels with their probabilities, the best first."""


def ranked_line(found: Ranked) -> str:
    """Return names with their numbers side by side.

    >>> ranked_line([("good", 0.75), ("bad", 0.25)])
    'good 0.750  bad 0.250'
    """
    return "  ".join(f"{on_one_line(name)} {number:.3f}" for name, number in found)


def ranked_facts(found: Ranked, name: str, number: str) -> list[dict[str, Any]]:
    """Return what JSON says of names with their numbers.

    Args:
        found: the names.
        name: what a name is called.
        number: what its number is called.
    """
    return [{name: one, number: round(value, 4)} for one, value in found]
