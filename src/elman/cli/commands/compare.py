"""elman compare: runs side by side on one text."""

from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, to_json


def command(
    runs: list[Path] = typer.Argument(metavar="RUN RUN...", help="Run folders of language models."),
    on: list[str] = typer.Option(..., "--on", metavar="FILE", help="Files or globs to score, as one text."),
    html: Path = typer.Option(None, "--html", metavar="FILE", help="Write a page with a chart too."),
    json_: bool = JSON,
    device: str = DEVICE,
) -> None:
    """Put language models into one table, with significance.

    elman compare runs/trigram runs/lstm --on test.txt --html compare.html
    """
    import elman
    from elman.comparison.rows import compare
    from elman.comparison.text import lines

    found = compare([elman.load(run, device) for run in runs], on)
    if html is not None:
        from elman.comparison.page import write_page

        write_page(found, html)
    if json_:
        print(to_json({**found._asdict(), "rows": [row._asdict() for row in found.rows]}))
        return
    print("\n".join(lines(found)))
    if html is not None:
        print(f"page: {html}")
