"""elman compare: runs of one task side by side."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.options import DEVICE, JSON, OTHERWISE, PLUGINS, note, otherwise, refuse_input, to_json
from elman.cli.streams import width_of

if TYPE_CHECKING:
    from elman.comparison.rows import Comparison


def command(
    runs: list[Path] = typer.Argument(metavar="RUN RUN...", help="Run folders of one task."),
    on: list[str] = typer.Option(..., "--on", metavar="FILE", help="Files or globs to score."),
    html: Path = typer.Option(None, "--html", metavar="FILE", help="Write a page with a chart too."),
    set_: list[str] = OTHERWISE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Put runs of one task into one table, with significance.

    elman compare runs/trigram runs/lstm --on test.txt --html compare.html
    """
    from elman.comparison.rows import compare
    from elman.comparison.text import lines
    from elman.inference.loading import load_each

    if html is not None:
        refuse_input("--html", html, on)
    how = otherwise(set_)
    models = load_each(runs, device, plugins, **how)
    found = compare(models, on)
    note(*dict.fromkeys(remark for model in models for remark in model.reader.remarks))
    if html is not None:
        from elman.comparison.page import write_page

        write_page(found, html)
    if json_:
        print(to_json(_as_json(found)))
        return
    print("\n".join(lines(found, width_of(sys.stdout))))
    if html is not None:
        print(f"page: {html}")


def _as_json(found: "Comparison") -> dict[str, Any]:
    rows = []
    for row in found.rows:
        values = {name: one._asdict() for name, one in row.scores.items()}
        rows.append({**row._asdict(), "scores": values})
    return {**found._asdict(), "scores": [one._asdict() for one in found.scores], "rows": rows}
