"""A comparison as a table of text."""

from collections.abc import Iterator
from math import isnan

from elman.comparison.bootstrap import LEAST
from elman.comparison.rows import Comparison, Kind, Row
from elman.training.progress import duration

_NAMES = {
    "bits_per_character": "bits/char",
    "span_f1": "span F1",
    "span_precision": "precision",
    "span_recall": "recall",
    "micro_f1": "micro F1",
    "macro_f1": "macro F1",
    "mean_squared_error": "squared error",
}


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the table, the best run first."""
    cells = table(comparison)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield f"{', '.join(comparison.files)}: {size(comparison)}"
    yield ""
    for row in cells:
        left = (cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True))
        right = (cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
        yield "  ".join((*left, *right)).rstrip()
    yield ""
    yield from notes(comparison)


def size(comparison: Comparison) -> str:
    """Return how large the data is."""
    return ", ".join(f"{count:,} {name}" for name, count in comparison.counts.items())


def table(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return headings, and a row of cells for each run. Of the first score comes the interval too."""
    first, *others = comparison.scores
    headings = ("run", "model", heading(first.name), "95 %", "p (best)", *(heading(other.name) for other in others))
    headings += ("unknown", "parameters", "on disk", "trained", "tokens/s")
    return [headings, *(_cells(row, first, others, row is comparison.rows[0]) for row in comparison.rows)]


def heading(name: str) -> str:
    """Return what a column with a score is called."""
    return _NAMES.get(name, name.replace("_", " "))


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
        f"{row.bytes / 1e6:,.1f} MB",
        _trained(row.training_seconds),
        f"{row.tokens_per_second:,.0f}",
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
    if left_out:
        names = ", ".join(map(heading, left_out))
        yield f"Left out, because not every run has it, or not in the same sense: {names}."
    if comparison.task == "lm" and max(row.unknown for row in comparison.rows) > 0.01:
        yield (
            "Unknown words count as <unk>, which models may make cheap; elman evaluate has the scores without them too."
        )
    first, pieces = comparison.scores[0].name, next(iter(comparison.counts))
    intervals = [row.scores[first].interval for row in comparison.rows]
    if any(intervals):
        yield (
            f"95 %: where the {heading(first)} of resampled data lies; p: how often chance alone gives the difference "
            f"to the best run (paired bootstrap over stretches of {pieces})."
        )
    if not all(intervals):
        yield (
            f"-: too little to say how sure it is: fewer than {LEAST} {pieces}, or a {heading(first)} that is infinite "
            "or that few of the resampled data have."
        )
