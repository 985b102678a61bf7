"""What a figure is made of, as numbers: drawn by `drawing`, written into JSON as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

Style = Literal["line", "points", "both", "dashed", "arrow"]


class Curve(NamedTuple):
    """One line of a panel.

    Args:
        name: for the legend; empty leaves it out.
        x: places.
        y: values; those that are no number leave a gap.
        style: how it is drawn.
        color: a name of `elman.pages.charts.COLORS`; empty takes the next.
        low, high: a band around it, such as the range of seeds.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    style: Style = "line"
    color: str = ""
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None

    @classmethod
    def of_seeds(
        cls,
        name: str,
        x: Sequence[float],
        found: Sequence[Sequence[float]],
        middle: Callable[[Sequence[float]], float],
    ) -> "Curve":
        """Return the middle of what several seeds gave at each place, and their range as the band.

        Args:
            name: for the legend.
            x: places.
            found: at each of them, of every seed.
            middle: of what was found at a place, such as its median.
        """
        low, high = ([pick(some) for some in found] for pick in (min, max))
        return cls(name, x, [middle(some) for some in found], "both", "", low, high)


class Mark(NamedTuple):
    """A word at a point.

    Args:
        text: what it says.
        x, y: where.
    """

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """One picture.

    Args:
        title: above it.
    """

    title: str

    def facts(self) -> dict[str, Any]:
        """Return its numbers."""
        return {"kind": type(self).__name__.lower(), **asdict(self)}


@dataclass(frozen=True)
class Lines(Panel):
    """Curves over an axis.

    Args:
        across, up: what the axes show, with units.
        curves: in order.
        log: which axes are logarithmic: x, y, xy, or none. Zeros stand as arrows at the lower edge.
        marks: words in it.
        level: a horizontal line, with its name.
        up_to: limits of the vertical axis.
    """

    across: str
    up: str
    curves: Sequence[Curve]
    log: str = ""
    marks: Sequence[Mark] = ()
    level: tuple[str, float] | None = None
    up_to: tuple[float, float] | None = None

    def facts(self) -> dict[str, Any]:
        """Return its numbers, curves by the names of their parts."""
        return {
            **super().facts(),
            "curves": [curve._asdict() for curve in self.curves],
            "marks": [mark._asdict() for mark in self.marks],
        }


@dataclass(frozen=True)
class Bars(Panel):
    """Groups of bars.

    Args:
        up: what their height is.
        names: of the groups, below them.
        groups: heights of each color, by its name: one for each of `names`.
        log: whether heights are on a logarithmic axis.
        level: a horizontal line, with its name.
        flat: bars lie, for long names.
    """

    up: str
    names: Sequence[str]
    groups: Mapping[str, Sequence[float]]
    log: bool = False
    level: tuple[str, float] | None = None
    flat: bool = False


@dataclass(frozen=True)
class Dots(Panel):
    """Rows of dots over a logarithmic axis that begins at 0, one for each seed, and a line at the middle of a row.

    Args:
        across: what the axis shows, with its unit.
        names: of the rows, from above.
        values: of the dots of each row.
        level: a vertical line, with its name.
        most: the largest value that there can be; dots there are drawn as arrows, as there may be more.
    """

    across: str
    names: Sequence[str]
    values: Sequence[Sequence[float]]
    level: tuple[str, float] | None = None
    most: float | None = None


@dataclass(frozen=True)
class Matrix(Panel):
    """Numbers in squares, darker where larger in size; negative ones in another color.

    Args:
        rows, columns: their names.
        values: rows of numbers.
        digits: behind the point; below 0 no numbers are written.
        up, across: what rows and columns are.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    digits: int = 3
    up: str = ""
    across: str = ""


@dataclass(frozen=True)
class Surface(Panel):
    """A function of two numbers, as shades.

    Args:
        across, up: what the axes are.
        x, y: places.
        values: a row for each y.
        label: what the shades are.
        curves: on it.
    """

    across: str
    up: str
    x: Sequence[float]
    y: Sequence[float]
    values: Sequence[Sequence[float]]
    label: str
    curves: Sequence[Curve] = ()

    def facts(self) -> dict[str, Any]:
        """Return its numbers, curves by the names of their parts."""
        return {**super().facts(), "curves": [curve._asdict() for curve in self.curves]}


class Node(NamedTuple):
    """A place of a graph.

    Args:
        text: what stands in it.
        x, y: where, from 0 to 1.
    """

    text: str
    x: float
    y: float


class Edge(NamedTuple):
    """From one place to another.

    Args:
        start, end: numbers of nodes.
        text: beside it.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Graph(Panel):
    """Places and arrows between them.

    Args:
        nodes: in order.
        edges: between them.
    """

    nodes: Sequence[Node]
    edges: Sequence[Edge]


@dataclass(frozen=True)
class Words(Panel):
    """Rows of text, where words are what there is to see.

    Args:
        columns: their headings.
        rows: of text.
        shares: how wide the columns are.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = field(default_factory=list)
