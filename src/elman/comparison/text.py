"""A comparison as a table of text."""

from collections.abc import Iterator, Sequence
from math import isnan

from elman.comparison.bootstrap import LEAST
from elman.comparison.reading import FEWEST_TIMED
from elman.comparison.rows import Comparison, Kind, Row
from elman.pages.headings import heading
from elman.pages.progress import duration
from elman.text.folding import aligned, filled
from elman.text.printed import all_counted


def lines(comparison: Comparison, width: int | None = None) -> Iterator[str]:
    """Yield the table, the best run first, and notes.

    Args:
        comparison: of runs.
        width: what a line may have: columns that have no room stand below, notes are broken; None for any.
    """
    cells = table(comparison)
    yield from filled([f"{', '.join(comparison.files)}: {size(comparison)}"], width)
    yield ""
    yield from aligned(cells, left=2, width=width)
    yield ""
    for note in notes(comparison):
        yield from filled([note], None if width is None else width - 1)


def size(comparison: Comparison) -> str:
    """Return how large the data is."""
    return all_counted(comparison.counts, ", ")


def table(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return headings, and a row of cells for each run. Of the first score comes the interval too."""
    first, *others = comparison.scores
    headings = ("run", "model", heading(first.name), "95 %", "p (best)", *(heading(other.name) for other in others))
    headings += ("unknown", "parameters", "on disk", "trained", "tokens/s")
    return [
        headings,
        *(_cells(row, first, others, comparison.ranked and row is comparison.rows[0]) for row in comparison.rows),
    ]


def shown(score: Kind, value: float, less: int = 0) -> str:
    """Return a value of a score: a rate as percent, with fewer decimals if `less` says so."""
    if isnan(value):
        return "-"
    if score.is_rate:
        return f"{100 * value:.{2 - less}f} %"
    return f"{value:,.{(2 if score.name == 'perplexity' else 4) - less}f}"


def _cells(row: Row, first: Kind, others: list[Kind], best: bool) -> tuple[str, ...]:
    value, interval = row.scores[first.name]
    low, high = (shown(first, end, 1) for end in interval or (0.0, 0.0))
    p = "-" if row.p_value is None else "<0.001" if row.p_value < 0.001 else f"{row.p_value:.3f}"
    return (
        row.run,
        row.model,
        shown(first, value),
        "-" if interval is None else f"{low.removesuffix(' %')} to {high.removesuffix(' %')}",
        "best" if best and not isnan(value) else p,
        *(shown(score, row.scores[score.name].value) for score in others),
        f"{row.unknown:.2%}",
        f"{row.parameters:,}",
        _size(row.bytes),
        _trained(row.training_seconds),
        "-" if row.tokens_per_second is None else f"{row.tokens_per_second:,.0f}",
    )


def _trained(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return f"{seconds:.1f} s" if seconds < 10 else duration(seconds)


def notes(comparison: Comparison) -> Iterator[str]:
    """Yield what a reader must know."""
    left_out = list(comparison.left_out)
    if "perplexity" in left_out:
        left_out.remove("perplexity")
        yield "The vocabularies differ: only bits per character compare, and only as far as unknown words are few."
    if not comparison.ranked:
        shares = [row.unknown for row in comparison.rows]
        yield (
            f"No run is called the best: {min(shares):.2%} to {max(shares):.2%} of the tokens are unknown to them, and "
            "what is unknown costs next to nothing. Compare runs whose vocabularies lack about as much."
        )
    if left_out:
        names = ", ".join(map(heading, left_out))
        yield f"Left out, because not every run has it, or not in the same sense: {names}."
    if comparison.task == "lm" and max(row.unknown for row in comparison.rows) > 0.01:
        yield (
            "Unknown words count as <unk>, which models may make cheap; elman evaluate has the scores without them too."
        )
    if any(row.tokens_per_second is None for row in comparison.rows):
        yield f"tokens/s: fewer than {FEWEST_TIMED:,} tokens are too few to say how fast a run is."
    first, pieces = comparison.scores[0].name, next(iter(comparison.counts))
    intervals = [row.scores[first].interval for row in comparison.rows]
    if any(intervals):
        p = "; p: how often chance alone gives the difference to the best run" if comparison.ranked else ""
        yield (
            f"95 %: where the {heading(first)} of resampled data lies{p} (paired bootstrap over stretches of {pieces})."
        )
    yield from _dashes(comparison)
    yield from _remarks(comparison.rows)
    yield from comparison.remarks


def _dashes(comparison: Comparison) -> Iterator[str]:
    """Yield why numbers are missing, if some are."""
    first, (pieces, count) = comparison.scores[0].name, next(iter(comparison.counts.items()))
    if any(isnan(one.value) for row in comparison.rows for one in row.scores.values()):
        yield "-: not defined on this data, such as a correlation where all values are the same."
    elif not all(row.scores[first].interval for row in comparison.rows):
        few = f"fewer than {LEAST} {pieces} are too few"
        rare = f"it is infinite, or few of the resampled data have a {heading(first)}"
        yield f"-: nothing says how sure it is: {few if count < LEAST else rare}."


def _remarks(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what else was counted in the data, once where all runs say the same."""
    said = [all_counted(row.remarks, ", ") for row in rows]
    if len({*said}) == 1:
        yield from (f"In the data: {text}." for text in said[:1] if text)
        return
    yield from (f"{row.run}: {text}." for row, text in zip(rows, said, strict=True) if text)


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"
