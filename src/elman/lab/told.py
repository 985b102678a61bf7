"""An experiment as text, for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from elman.lab.outcome import Outcome, plain
from elman.text.folding import aligned, filled

_DIGITS, _MOST, _ROWS = 10, 6, 8
_LONG = 44


def lines(outcome: Outcome, width: int | None = None) -> Iterator[str]:
    """Yield the lines of an experiment.

    Args:
        outcome: of it.
        width: what a line may have; None for any.
    """
    found = outcome.found
    yield outcome.title
    yield from filled(["  " + "; ".join([outcome.formula, *map(str, outcome.deck)])], width)
    if found.inputs:
        yield from ("", "given")
        yield from _columns([(name, "", value) for name, value in found.inputs.items()], width)
    if found.steps:
        yield from ("", "computed")
        yield from _columns([(step.symbol, step.formula, step.value) for step in found.steps], width)
    for table in found.tables:
        yield from ("", table.title)
        rows = [list(table.columns), *([cell(one) for one in row] for row in table.rows)]
        yield from ("  " + line for line in aligned(rows, left=_texts(table.rows), width=width and width - 2))
    for one in found.errata:
        yield from ("", f"misprint, {one.where}")
        beside = [("printed", one.printed, one.gives), ("should be", one.should_be, one.right)]
        yield from _columns([(name, what, value) for name, what, value in beside], width)
    yield ""
    yield from filled([found.result], width)


def number(value: float) -> str:
    """Return a number with ten digits, and a whole one without a point.

    >>> number(0.1 + 0.2), number(4.0), number(2.5e38)
    ('0.3', '4', '2.5e+38')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:.{_DIGITS}g}"


def cell(value: Any) -> str:
    """Return a value on one line, shortened where it is long."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return number(value)
    if len(value) > _MOST and all(isinstance(one, int | float) for one in value):
        return f"{number(value[0])}  {number(value[1])}  …  {number(value[-1])}   ({len(value)} of them)"
    return "  ".join(cell(one) for one in value)


def _texts(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many columns of a table begin with text."""
    columns = list(zip(*rows, strict=True))
    return next(
        (at for at, column in enumerate(columns) if not all(isinstance(one, str) for one in column)), len(columns)
    )


def _columns(rows: Sequence[tuple[str, str, Any]], width: int | None) -> Iterator[str]:
    """Yield symbol, formula and value below each other; a matrix takes several lines, a long formula one of its own."""
    first = max(len(symbol) for symbol, _, _ in rows)
    blocks = [_block(value) for _, _, value in rows]
    widest = max((len(line) for block in blocks for line in block), default=0)
    room = _LONG if width is None else min(_LONG, width - first - widest - 6)
    second = max((len(formula) for _, formula, _ in rows if len(formula) <= room), default=0)
    for (symbol, formula, _), block in zip(rows, blocks, strict=True):
        if len(formula) > second:
            yield from filled([f"  {symbol:<{first}}  {formula}"], width)
            beside = ("", "")
        else:
            beside = (symbol, formula)
        if beside == ("", "") and not block:
            continue
        for line in block or [""]:
            yield f"  {beside[0]:<{first}}  {beside[1]:<{second}}  {line}".rstrip()
            beside = ("", "")


def _block(value: Any) -> list[str]:
    """Return a value in lines: a matrix in one for each row, its columns below each other."""
    value = plain(value)
    if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        if len(value) > _ROWS:
            return [f"{len(value)} rows of {len(value[0])}: in --json"]
        rows = [[cell(one) for one in row] for row in value]
        if len({len(row) for row in rows}) == 1 and len(rows[0]) <= 10:
            return list(aligned(rows, left=0))
        return ["  ".join(row) for row in rows]
    text = cell(value)
    return [text] if text else []
