"""Experiments as pages."""

from collections.abc import Sequence
from html import escape

from elman.lab.outcome import Outcome
from elman.lab.told import cell, lines
from elman.pages import layout

_CELLS = layout.Cell


def body(outcome: Outcome) -> str:
    """Return an experiment as HTML: figure, what it says, every quantity."""
    found = outcome.found
    parts = [f"<p>{escape(found.result)}</p>"]
    if found.panels:
        parts.append(layout.wide(outcome.svg()))
    for table in found.tables:
        texts = [any(isinstance(row[place], str) for row in table.rows) for place in range(len(table.columns))]
        rows = [[_CELLS(cell(value)) for value in row] for row in table.rows]
        parts.append(f"<h3>{escape(table.title)}</h3>{layout.table(table.columns, rows, texts)}")
    for one in found.errata:
        rows = [
            [_CELLS(name), _CELLS(text), _CELLS(cell(value))]
            for name, text, value in (
                ("printed", one.printed, one.gives),
                ("should be", one.should_be, one.right),
            )
        ]
        head = layout.table(["", "formula", "gives"], rows, [True, True, True])
        parts.append(f"<h3>Misprint, {escape(one.where)}</h3>{head}")
    parts.append(f"<details><summary>every number</summary><pre>{escape(_told(outcome))}</pre></details>")
    return "".join(parts)


def page(outcomes: Sequence[Outcome], title: str, lead: str) -> bytes:
    """Return a self-contained page of experiments."""
    if len(outcomes) == 1:
        return layout.page(title, lead, body(outcomes[0]))
    contents = "".join(
        f'<li><a href="#{one.name}">{escape(one.name)}</a>: {escape(one.title)}</li>' for one in outcomes
    )
    parts = [
        f'<h2 id="{one.name}">{escape(one.title)}</h2><p class="lead">{escape(_lead(one))}</p>{body(one)}'
        for one in outcomes
    ]
    return layout.page(title, lead, f"<ul>{contents}</ul>{''.join(parts)}")


def _lead(outcome: Outcome) -> str:
    return "; ".join([f"elman lab {outcome.name}", outcome.formula, *map(str, outcome.deck)])


def _told(outcome: Outcome) -> str:
    return "\n".join(lines(outcome))
