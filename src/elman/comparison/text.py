"""A comparison as a table of text."""

from collections.abc import Iterator

from elman.comparison.rows import Comparison, Row
from elman.training.progress import duration


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the table, the best run first."""
    rows = comparison.rows
    cells = [HEADINGS, *(cells_of(row, row is rows[0]) for row in rows)]
    if rows[0].perplexity is None:
        cells = [(*row[:2], *row[4:]) for row in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield f"{', '.join(comparison.files)}: {comparison.lines:,} lines, {comparison.characters:,} characters"
    yield ""
    for row in cells:
        left = (cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True))
        right = (cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))
        yield "  ".join((*left, *right)).rstrip()
    yield ""
    yield from notes(comparison)


HEADINGS = (
    "run", "model", "perplexity", "95 %", "bits/char", "95 %", "p (best)", "unknown",
    "parameters", "on disk", "trained", "tokens/s",
)  # fmt: skip


def cells_of(row: Row, best: bool) -> tuple[str, ...]:
    """Return a run as cells of text."""
    p = "-" if row.p_value is None else "<0.001" if row.p_value < 0.001 else f"{row.p_value:.3f}"
    return (
        row.run,
        row.model,
        "" if row.perplexity is None else f"{row.perplexity:,.2f}",
        "-" if row.perplexity_interval is None else "{:,.1f}-{:,.1f}".format(*row.perplexity_interval),
        f"{row.bits_per_character:.4f}",
        "-" if row.interval is None else "{:.3f}-{:.3f}".format(*row.interval),
        "best" if best else p,
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
    rows = comparison.rows
    if rows[0].perplexity is None:
        yield "The vocabularies differ: only bits per character compare, and only as far as unknown words are few."
    if max(row.unknown for row in rows) > 0.01:
        yield (
            "Unknown words count as <unk>, which models may make cheap; elman evaluate has the scores without them too."
        )
    yield (
        "95 %: where the numbers of resampled texts lie; p: how often chance alone gives the difference to the best "
        "run (paired bootstrap over stretches of lines)."
    )
