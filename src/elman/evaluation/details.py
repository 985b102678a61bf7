"""Tables that say where a score comes from, each a kind of its own where its rows mean something of their own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from elman.evaluation import printed
from elman.text.folding import aligned
from elman.text.printed import figures, on_one_line


@dataclass(frozen=True, repr=False)
class Detail:
    """A table that says where a score comes from: per type, what is taken for what, the worst mistakes.

    Args:
        title: what it shows.
        columns: their names.
        rows: their cells; rates are 0 to 1.

    What it is stands in `kind`, for logs and pages.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]
    kind: str = field(default="table", init=False)

    @property
    def is_prose(self) -> bool:
        """Whether it has texts, which are too long for a terminal."""
        return any(isinstance(cell, str) for row in self.rows for cell in row[1:])

    def __repr__(self) -> str:
        """Say what it shows and how large it is."""
        return f"<{self.kind} {self.title!r}: {len(self.rows):,} rows of {', '.join(filter(None, self.columns))}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        return printed.detail_html(self)

    def cells(self) -> list[list[str]]:
        """Return what the cells say, rates as percent."""
        return [[_shown(cell) for cell in row] for row in self.rows]

    def lines(self, width: int | None = None) -> list[str]:
        """Return the table with its columns aligned, rates as percent; columns beyond a width stand below."""
        return list(aligned([[on_one_line(one) for one in row] for row in (self.columns, *self.cells())], width=width))


@dataclass(frozen=True, repr=False)
class Numbers(Detail):
    """A table of numbers, none of which is a rate."""

    kind: str = field(default="numbers", init=False)

    def cells(self) -> list[list[str]]:
        """Return what the cells say, numbers as they are."""
        return [[_number(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, repr=False)
class Matrix(Detail):
    """Counts in which large ones are dark, by their share of their row."""

    kind: str = field(default="matrix", init=False)


@dataclass(frozen=True, repr=False)
class WordMap(Detail):
    """Words that occur alike near each other: a row is a word and where it is, across and up."""

    kind: str = field(default="map", init=False)


@dataclass(frozen=True, repr=False)
class Looked(Detail):
    """What was looked at: a row is a token and how much each token of the source was looked at for it, 0 to 1.

    Args:
        across: what the columns but the first are.
        down: what the rows are.
    """

    kind: str = field(default="looked", init=False)
    across: str = "source"
    down: str = "written"


@dataclass(frozen=True, repr=False)
class Forecasts(Detail):
    """A series: a row is a step, what is true, what was forecast, and between which two numbers."""

    kind: str = field(default="series", init=False)


@dataclass(frozen=True, repr=False)
class Stretches(Detail):
    """Labels of frames: a row is a frame, some of its numbers, its true label, None if unknown, and the predicted."""

    kind: str = field(default="stretches", init=False)


@dataclass(frozen=True, repr=False)
class Roll(Detail):
    """What is on: a row is a step, what may be on, whether it is, 0 or 1, and how probable that was said to be."""

    kind: str = field(default="roll", init=False)


@dataclass(frozen=True, repr=False)
class PenPaths(Detail):
    """Ways of a pen: a row is what each is and its path."""

    kind: str = field(default="drawings", init=False)


@dataclass(frozen=True, repr=False)
class Pictured(Detail):
    """A picture that was looked at: a row is a token and how much each place was looked at for it, 0 to 1.

    Args:
        picture: its rows, red, green and blue of each place as hexadecimal digits.
    """

    kind: str = field(default="pictured", init=False)
    picture: Sequence[str] = ()


def _shown(cell: str | int | float) -> str:
    if isinstance(cell, float):
        return "-" if math.isnan(cell) else f"{100 * cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _number(cell: str | int | float) -> str:
    return figures(cell) if isinstance(cell, float) and not math.isnan(cell) else _shown(cell)
