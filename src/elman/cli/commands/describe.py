"""elman describe: what there is to choose from, what a file holds, what a run is."""

from pathlib import Path

import typer

from elman.cli.options import PLUGINS


def command(
    what: str = typer.Argument(
        None, metavar="[WHAT|FILE|RUN]", help="A kind, a name, a section, a data file or a run."
    ),
    set_: list[str] = typer.Option(
        [], "--set", metavar="KEY=VALUE", help="How a file is read, such as reader.delimiter=';'."
    ),
    plugins: list[str] = PLUGINS,
) -> None:
    """Show what there is to choose from.

    Tasks, models, cells, options with their defaults; or what a data file holds; or what a run is.

    Try: elman describe cells, elman describe lstm, elman describe training, elman describe my.txt
    """
    from elman.cli.described_files import describe_file
    from elman.cli.descriptions import describe_name, describe_run, overview

    if what is None:
        lines = overview()
    elif Path(what).is_dir():
        lines = describe_run(Path(what), plugins)
    elif Path(what).exists():
        lines = describe_file(Path(what), set_)
    else:
        lines = describe_name(what)
    print("\n".join(lines))
