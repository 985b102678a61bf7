"""elman describe: what there is to choose from, what a file holds, what a run is."""

from pathlib import Path

import typer

from elman.cli.options import PLUGINS


def command(
    what: str = typer.Argument(
        None, metavar="[WHAT|FILE|RUN]", help="A kind, a name, a section, a data file or a run."
    ),
    more: list[str] = typer.Argument(None, metavar="[FILE]...", help="Further files of the same data."),
    valid: list[str] = typer.Option(
        [], "--valid", metavar="FILE", help="Validation files, which are held against the others."
    ),
    strict: bool = typer.Option(False, "--strict", help="Exit with 2 where data is suspicious."),
    set_: list[str] = typer.Option(
        [], "--set", metavar="KEY=VALUE", help="How a file is read, such as reader.delimiter=';'."
    ),
    plugins: list[str] = PLUGINS,
) -> None:
    """Show what there is to choose from.

    Tasks, models, cells, options with their defaults; or what a data file holds; or what a run is.

    Try: elman describe cells, elman describe lstm, elman describe training, elman describe my.txt
    """
    from elman.cli.described_files import are_there, describe_files, tell
    from elman.cli.descriptions import describe_name, describe_run, overview
    from elman.errors import ConfigError

    of_files = more or valid or strict
    if what is not None and are_there(what) and (of_files or not Path(what).is_dir()):
        described = describe_files([what, *(more or [])], valid, set_)
        print("\n".join(described.lines))
        tell(described.findings, strict)
        return
    if of_files:
        raise ConfigError(f"elman describe {what or ''}: no such file. --valid and --strict go with data files.")
    if what is None:
        lines = overview()
    elif Path(what).is_dir():
        lines = describe_run(Path(what), plugins)
    else:
        lines = describe_name(what)
    print("\n".join(lines))
