"""elman import: a run from a file that another program wrote."""

from pathlib import Path

import typer

from elman.cli.streams import need_no_output


def command(
    file: Path = typer.Argument(metavar="FILE.arpa", help="An ARPA file, compressed or not."),
    out: Path = typer.Option(None, "--out", metavar="RUN", help="The run folder.  [default: (runs/lm-N)]"),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace the run that is in --out."),
) -> None:
    """Make a run of an ARPA file, as KenLM, SRILM and others write them: to evaluate, compare, mix, generate."""
    from elman.inference.arpa import import_arpa

    need_no_output()
    path = import_arpa(file, out, overwrite)
    print(f"run: {path}")
    print(f"next:\n  elman evaluate {path} FILE\n  elman generate {path} --length 60")
