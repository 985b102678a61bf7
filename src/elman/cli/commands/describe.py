"""elman describe: what there is to choose from, what a file holds, what a run is."""

import ast
import sys
from pathlib import Path

import typer

from elman.cli.options import PLUGINS
from elman.cli.streams import width_of
from elman.text.folding import filled


def command(
    what: str = typer.Argument(
        None, metavar="[WHAT|FILE|RUN]", help="A kind, a name, a section, your own code, a data file or a run."
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

    Your own: elman describe my_cell.py, elman describe my_cell:MyCell
    """
    from elman.cli.described_files import describe_files, tell
    from elman.cli.descriptions import describe_name, describe_own, describe_run, overview
    from elman.errors import ConfigError
    from elman.outside import Place

    of_files = bool(more or valid or strict)
    if what is not None and _is_data(what, of_files):
        described = describe_files([what, *(more or [])], valid, set_)
        width = width_of(sys.stdout)
        print("\n".join(part for line in described.lines for part in filled([line], width)))
        tell(described.findings, strict, width)
        return
    if of_files:
        raise ConfigError(f"elman describe {what or ''}: no such file. --valid and --strict go with data files.")
    if what is None:
        lines = overview()
    elif Path(what).is_dir():
        lines = describe_run(Path(what), plugins)
    elif place := Place.of(what):
        lines = describe_own(place)
    else:
        lines = describe_name(what)
    print("\n".join(filled("\n".join(lines).split("\n"), width_of(sys.stdout))))


def _is_data(what: str, of_files: bool) -> bool:
    """Say whether a name is that of data: files that are there, or a folder that is named as data or looks like it."""
    from elman.cli.described_files import is_folder_of_data
    from elman.data.sources import are_there

    if Path(what).is_dir() and not of_files:
        return is_folder_of_data(Path(what))
    return are_there(what) and (of_files or not _is_plugin(Path(what)))


def _is_plugin(path: Path) -> bool:
    """Say whether a file is a program that takes something of elman, so that it is no text to be described as data."""
    if path.suffix != ".py":
        return False
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return False
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
    return any(name.partition(".")[0] == "elman" for name in names)
