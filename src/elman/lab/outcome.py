"""What an experiment gives: numbers by their symbols, a verdict, what the lecture misprints, a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from elman.lab.panels import Panel

DECKS = {
    "000": "COMP0087",
    "001": "CSE440",
    "002": "chapter 9 of SLP3",
    "003": "CS224N 2019",
    "004": "lecture 7",
}
"""What each deck of the lecture is, by its number."""


class Place(NamedTuple):
    """Where in the lecture something stands.

    Args:
        deck: its number, such as 000.
        lines: of its text, such as 46-59.
    """

    deck: str
    lines: str

    @property
    def line(self) -> int:
        """The first of the lines."""
        return int(self.lines.partition("-")[0])

    def __str__(self) -> str:
        return f"deck {self.deck} L{self.lines}"


class Step(NamedTuple):
    """One quantity.

    Args:
        symbol: its letter.
        formula: what it is computed from.
        value: a number, a text, or nested lists of them.
    """

    symbol: str
    formula: str
    value: Any


class Erratum(NamedTuple):
    """What the lecture prints otherwise than it should.

    Args:
        where: it stands.
        printed: there.
        should_be: instead.
        gives: what follows from the print.
        right: what follows from what should be.
    """

    where: str
    printed: str
    should_be: str
    gives: Any = None
    right: Any = None


class Table(NamedTuple):
    """Rows of numbers and texts.

    Args:
        title: what they are.
        columns: their headings.
        rows: of cells.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Found:
    """What an experiment finds.

    Args:
        steps: its quantities, in the order in which they are computed.
        result: what they say, one to three sentences.
        panels: of its figure, from left to right.
        inputs: what it starts from, by symbol.
        errata: of the lecture.
        tables: what is many rows.
    """

    steps: Sequence[Step]
    result: str
    panels: Sequence[Panel]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    errata: Sequence[Erratum] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Outcome:
    """An experiment that was made.

    Args:
        name: of the experiment.
        title: what it shows.
        formula: what is computed.
        deck: where in the lecture it stands.
        found: what was found.
    """

    name: str
    title: str
    formula: str
    deck: Sequence[Place]
    found: Found

    @property
    def values(self) -> dict[str, Any]:
        """Every quantity by its symbol: numbers and lists of numbers, as JSON has them."""
        return {step.symbol: plain(step.value) for step in self.found.steps}

    @property
    def facts(self) -> dict[str, Any]:
        """Everything, for JSON: also the numbers of the figure."""
        facts: dict[str, Any] = {
            "name": self.name,
            "deck": [list(place) for place in self.deck],
            "formula": self.formula,
            "inputs": {name: plain(value) for name, value in self.found.inputs.items()},
            "steps": [{**step._asdict(), "value": plain(step.value)} for step in self.found.steps],
            "result": self.found.result,
        }
        if self.found.tables:
            facts["tables"] = [plain(table._asdict()) for table in self.found.tables]
        if self.found.errata:
            facts["erratum"] = [plain(one._asdict()) for one in self.found.errata]
        facts["figure"] = [plain(panel.facts()) for panel in self.found.panels]
        return facts

    def svg(self) -> str:
        """Return the figure as an `<svg>` element."""
        from elman.lab.drawing import as_svg

        return as_svg(self.found.panels)

    def png(self) -> bytes:
        """Return the figure as a PNG file."""
        from elman.lab.drawing import as_png

        return as_png(self.found.panels)

    def html(self) -> str:
        """Return all of it as a piece of HTML."""
        from elman.lab.page import body

        return body(self)

    def __str__(self) -> str:
        """Return what a terminal shows."""
        from elman.lab.told import lines

        return "\n".join(lines(self))

    def __repr__(self) -> str:
        return f"<{self.name}: {self.title}; {len(self.found.steps)} values>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return f"<h3>{self.title}</h3>{self.html()}"


def plain(value: Any) -> Any:
    """Return numbers of numpy and torch as those of Python, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value
