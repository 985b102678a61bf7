"""`elman`: finds the commands, and turns every error into one line and an exit code."""

import importlib
import os
import pkgutil
import sys
import traceback

import typer
from typer.exceptions import TyperException

from elman.cli import commands
from elman.errors import ElmanError
from elman.version import __version__

_MOST_LINES = 10


def _version(wanted: bool) -> None:
    if wanted:
        print(f"elman {__version__}")
        raise typer.Exit()


def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Train, evaluate and use recurrent sequence models, from plain files, on this machine.

    Start with `elman demo`, or `elman train lm FILE`.
    """


def application() -> typer.Typer:
    """Return the application with every command of the folder."""
    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(_options)
    for module in pkgutil.iter_modules(commands.__path__):
        function = importlib.import_module(f"{commands.__name__}.{module.name}").command
        app.command(module.name.rstrip("_"))(function)  # a file cannot have the name of a Python keyword
    return app


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done, 2 something the user can mend, 130 or 143 after an interrupt that was saved, 1 a bug of ours.
    """
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    try:
        code = application()(given, prog_name="elman", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (ElmanError, TyperException) as error:
        if debug:
            traceback.print_exc()
        lines = error.lines if isinstance(error, ElmanError) else [_one_line(error)]
        return _refuse(list(lines))
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has enough of it; inside a command, typer answers that by leaving the program. Python
        # would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return 130


def _one_line(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = f"{context.command_path}: " if context else ""
    help_line = f" See {context.command_path} --help." if context else ""
    return f"{where}{error.format_message().rstrip('.')}.{help_line}".replace("\n", " ")


def _refuse(lines: list[str]) -> int:
    for line in lines[:_MOST_LINES]:
        print(f"error: {line}", file=sys.stderr)
    if len(lines) > _MOST_LINES:
        print(f"error: and {len(lines) - _MOST_LINES} more mistakes.", file=sys.stderr)
    return 2


def entry() -> None:
    """Run as a program."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
