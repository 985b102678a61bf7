"""A comparison as a table of text."""

from collections.abc import Iterator

from elman.comparison.rows import Comparison, Row
from elman.metrics.base import Score
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
    headings = ("run", "model", heading(first), "95 %", "p (best)", *map(heading, others))
    headings += ("unknown", "parameters", "on disk", "trained", "tokens/s")
    return [headings, *(_cells(row, first, others, row is comparison.rows[0]) for row in comparison.rows)]


def heading(score: Score) -> str:
    """Return what a column with a score is called."""
    return _NAMES.get(score.name, score.name.replace("_", " "))


def shown(score: Score, value: float, less: int = 0) -> str:
    """Return a value of a score: a rate as percent, with fewer decimals if `less` says so."""
    if score.unit.startswith("of "):
        return f"{100 * value:.{2 - less}f} %"
    return f"{value:,.{(2 if score.name == 'perplexity' else 4) - less}f}"


def _cells(row: Row, first: Score, others: list[Score], best: bool) -> tuple[str, ...]:
    value, interval = row.scores[first.name]
    low, high = (shown(first, end, 1).removesuffix(" %") for end in interval or (0.0, 0.0))
    p = "-" if row.p_value is None else "<0.001" if row.p_value < 0.001 else f"{row.p_value:.3f}"
    return (
        row.run,
        row.model,
        shown(first, value),
        "-" if interval is None else f"{low}-{high}",
        "best" if best else p,
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
        names = ", ".join(name.replace("_", " ") for name in left_out)
        yield f"Left out, because not every run has it, or not in the same sense: {names}."
    if comparison.task == "lm" and max(row.unknown for row in comparison.rows) > 0.01:
        yield (
            "Unknown words count as <unk>, which models may make cheap; elman evaluate has the scores without them too."
        )
    yield (
        f"95 %: where the {heading(comparison.scores[0])} of resampled data lies; p: how often chance alone gives the "
        f"difference to the best run (paired bootstrap over stretches of {next(iter(comparison.counts))})."
    )
