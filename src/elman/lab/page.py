"""Experiments as pages."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import DECKS, Outcome
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


def page(outcome: Outcome) -> bytes:
    """Return a self-contained page of one experiment."""
    lead = "; ".join([outcome.formula, *map(str, outcome.deck)])
    return layout.page(outcome.title, lead, body(outcome))


class Section(NamedTuple):
    """One experiment on a page of several.

    Args:
        name: as it is typed.
        kind: of experiment.
        html: what there is to see; empty where there is nothing.
        lacking: why there is nothing.
    """

    name: str
    kind: type[Experiment]
    html: str
    lacking: str = ""


def lecture(sections: Sequence[Section]) -> bytes:
    """Return a self-contained page of experiments in their order, with what there is to each deck before them."""
    lacking = [section for section in sections if section.lacking]
    lead = f"{len(sections) - len(lacking)} figures, numbers and exercises, each by the command below its title."
    missing = "".join(f"<li>{_link(one)}: {escape(one.lacking)}</li>" for one in lacking)
    head = f"<h2>Not made</h2><ul>{missing}</ul>" if lacking else ""
    return layout.page("The lecture, computed", lead, head + _contents(sections) + "".join(map(_section, sections)))


def _contents(sections: Sequence[Section]) -> str:
    """Return what there is to each deck, in the order of its lines."""
    parts = []
    for deck, title in DECKS.items():
        found = [(place, section) for section in sections for place in section.kind.deck if place.deck == deck]
        found.sort(key=lambda one: (one[0].line, one[1].name))
        entries = "".join(f"<li>L{place.lines} {_link(one)}: {escape(one.kind.title)}</li>" for place, one in found)
        parts.append(f"<h3>Deck {deck}, {escape(title)}</h3><ul>{entries}</ul>" if found else "")
    return (
        f'<h2>By deck and line</h2><div class="columns">{"".join(f"<div>{part}</div>" for part in parts if part)}</div>'
    )


def _section(section: Section) -> str:
    kind = section.kind
    lead = "; ".join([kind.formula, *map(str, kind.deck)])
    shown = f"<p>Not made: {escape(section.lacking)}</p>" if section.lacking else section.html
    return (
        f'<h2 id="{section.name}">{escape(kind.title)}</h2>'
        f'<p class="lead"><code>elman lab {escape(section.name)}</code>; {escape(lead)}</p>{shown}'
    )


def _link(section: Section) -> str:
    return f'<a href="#{section.name}">{escape(section.name)}</a>'


def _told(outcome: Outcome) -> str:
    return "\n".join(lines(outcome))
