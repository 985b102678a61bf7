"""elman export: a run as a file that other programs read."""

from pathlib import Path

import typer


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder of model ngram."),
    file: Path = typer.Argument(metavar="FILE.arpa", help="Where to; a name that ends with .gz is compressed."),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace a file that is there."),
) -> None:
    """Write an n-gram model as an ARPA file, which KenLM, SRILM and speech recognizers read."""
    import elman
    from elman.inference.arpa import export_arpa

    count = export_arpa(elman.load(run), file, overwrite)
    print(f"{file}: {count:,} n-grams")
