"""An evaluation as people read it: lines for a terminal, tables for a notebook."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isnan
from typing import TYPE_CHECKING

from elman.text.folding import filled
from elman.text.printed import all_counted, figures

if TYPE_CHECKING:
    from elman.evaluation.base import Evaluation
    from elman.evaluation.details import Detail
    from elman.metrics.base import Score

_MUCH = 0.01


def lines(evaluation: "Evaluation", width: int | None = None) -> list[str]:
    """Return what was counted, each score with its unit below its signature, and where the scores come from.

    Args:
        evaluation: what a model is worth.
        width: what a line may have; None for any.
    """
    found = [_counts(evaluation)]
    signature = ""
    for score in _telling(evaluation):
        if score.signature != signature:
            signature = score.signature
            found += ["", signature]
        every = {"majority": evaluation.majority, "source copied": evaluation.copied, **evaluation.naive}
        beside = "".join(f" ({how} {figures(of[score.name])})" for how, of in every.items() if score.name in of)
        found.append(f"  {score.name.replace('_', ' '):<20}{_value(score):>12}  {score.unit}{beside}")
    if note := _note(evaluation):
        found += ["", f"note: {note}"]
    found = list(filled(found, width))
    for detail in evaluation.details:
        if not detail.is_prose:
            rows = detail.lines(None if width is None else width - 2)
            found += ["", *filled([detail.title], width), *(f"  {line}".rstrip() for line in rows)]
    return found


def html(evaluation: "Evaluation") -> str:
    """Return the same as a piece of a page, with the tables of texts too."""
    rows = [
        (score.name.replace("_", " "), _value(score), score.unit, score.signature) for score in _telling(evaluation)
    ]
    note = _note(evaluation)
    return "".join(
        [
            f"<p>{escape(_counts(evaluation))}</p>",
            table(("score", "value", "unit", "signature"), rows),
            f"<p>note: {escape(note)}</p>" if note else "",
            *map(detail_html, evaluation.details),
        ]
    )


def detail_html(detail: "Detail") -> str:
    """Return a table with its title as a piece of a page."""
    return f"<h4>{escape(detail.title)}</h4>{table(detail.columns, detail.cells())}"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as a notebook shows it.

    Args:
        columns: their names, text.
        rows: their cells, text.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _counts(evaluation: "Evaluation") -> str:
    return all_counted(evaluation.counts, "  ")


def _telling(evaluation: "Evaluation") -> "list[Score]":
    """Return the scores, without those that leave out unknown tokens where there are none."""
    every = bool(evaluation.counts.get("unknown"))
    return [score for score in evaluation.scores if every or "unknown:out" not in score.signature]


def _value(score: "Score") -> str:
    return "-" if isnan(score.value) else figures(score.value)


def _note(evaluation: "Evaluation") -> str:
    """Return what to think of scores that are no numbers, or of a text much of which is unknown; else nothing."""
    counts = evaluation.counts
    undefined = [score.name.replace("_", " ") for score in evaluation.scores if isnan(score.value)]
    if undefined:
        return f"-: nothing to score, or all values are the same: {', '.join(undefined)}. Is it the right file?"
    lacking = counts.get("unknown", 0) - counts.get("written <unk>", 0)
    share = lacking / max(1, counts.get("tokens", 0))
    if share <= _MUCH or not any(score.name == "bits_per_character" for score in evaluation.scores):
        return ""
    return (
        f"{share:.2%} of the tokens are unknown, and what is unknown costs next to nothing: bits per character do not "
        "compare with those of a run that knows more."
    )
