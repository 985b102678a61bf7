"""`elman`: finds the commands, and turns every error into one line and an exit code."""

import importlib
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

import typer
from typer.exceptions import TyperException

from elman.cli import commands
from elman.cli.streams import NobodyReadsError, opened
from elman.errors import DataError, ElmanError, is_lack_of_memory, quoted
from elman.outside import mistake
from elman.version import __version__

_MOST_LINES = 10
_LONGEST_NAME = 300


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
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(_options)
    for module in pkgutil.iter_modules(commands.__path__):
        function = importlib.import_module(f"{commands.__name__}.{module.name}").command
        app.command(module.name.rstrip("_"))(_guarded(function))  # a file cannot have the name of a Python keyword
    return app


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done, 2 something the user can mend, 129, 130 or 143 after an interrupt that was saved, 1 a bug of ours.
    """
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"] or ["--help"]
    with suppress(NobodyReadsError), opened():
        try:
            code = application()(given, prog_name="elman", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else 0
        except (_InterruptedError, typer.Abort):
            print("interrupted", file=sys.stderr)
            return 130
        except Exception as error:
            lines = _explained(error)
            if lines is None:
                raise
            if debug:
                traceback.print_exc()
            return _refuse(lines)
    return 0


class _InterruptedError(Exception):
    """Ctrl-C, past typer, which would end the program without a word."""


def _guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command whose errors typer does not take for something else."""

    @wraps(command)
    def guarded(*values: Any, **more: Any) -> Any:
        try:
            return command(*values, **more)
        except KeyboardInterrupt as error:
            raise _InterruptedError from error
        except EOFError as error:
            raise DataError(f"a file ends before it should: {error}. Is it whole?") from error
        except OSError as error:
            raise ElmanError(_of_the_system(error)) from error

    return guarded


def _of_the_system(error: OSError) -> str:
    """Return what the system said of a file, in one line."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return f"{reason}. --debug shows where."
    name = str(error.filename)
    return f"{name if len(name) <= _LONGEST_NAME else quoted(name)}: {reason}."


def _explained(error: Exception) -> list[str] | None:
    """Return what is said about an error; nothing if it is a bug of ours."""
    if isinstance(error, ElmanError):
        return list(error.lines)
    if isinstance(error, TyperException):
        return [_one_line(error)]
    if is_lack_of_memory(error):
        return [
            "the memory of this machine is not enough. Take less at once: --batch-size, --hidden, shorter lines, or "
            "a part of the data."
        ]
    if isinstance(error, RecursionError):
        return ["something is nested too deeply to be read."]
    own = mistake(error)
    return [own] if own else None


_NO_NUMBER = re.compile(
    r"Invalid value for '(?P<option>--[\w-]+)'.*?: Input should be a valid (?P<kind>integer|number).*", re.DOTALL
)


def _one_line(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = f"{context.command_path}: " if context else ""
    help_line = f" See {context.command_path} --help." if context else ""
    said = error.format_message().rstrip(".")
    if wrong := _NO_NUMBER.fullmatch(said):
        said = f"{wrong['option']}: expected {'a whole number' if wrong['kind'] == 'integer' else 'a number'}"
    end = "" if said.endswith("?") else "."
    return f"{where}{said}{end}{help_line}".replace("\n", " ")


def _refuse(lines: list[str]) -> int:
    for line in lines[:_MOST_LINES]:
        print(f"error: {_on_one_line(line)}", file=sys.stderr)
    if len(lines) > _MOST_LINES:
        print(f"error: and {len(lines) - _MOST_LINES} more mistakes.", file=sys.stderr)
    return 2


def _on_one_line(text: str) -> str:
    """Return a message without line breaks and signs that steer a terminal, which names and files may bring in."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in " ".join(text.splitlines()))


def entry() -> None:
    """Run as a program."""
    sys.exit(main())


if __name__ == "__main__":
    entry()
