"""Options that commands share, made from the table of flags."""

import inspect
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.streams import input_bytes, width_of
from elman.files.documents import to_json as to_json
from elman.flags import FLAGS
from elman.text.folding import filled

if TYPE_CHECKING:
    from elman.config import Settings

DEVICE = typer.Option("cpu", "--device", metavar="DEVICE", help="Where to compute: cpu or cuda.")
PLUGINS = typer.Option(
    [],
    "--plugin",
    metavar="FILE|MODULE:CLASS",
    help="Your own code that the run or recipe may name; it is imported.",
    show_default=False,
)
OTHERWISE = typer.Option(
    [],
    "--set",
    metavar="KEY=VALUE",
    help="How FILE is read, where it is not as the training files are, such as reader.delimiter=';'; how the run "
    "answers, such as task.beam=10.",
    show_default=False,
)
QUESTION = typer.Option(
    [], "--question", metavar="TEXT", help="What is asked about the text of FILE, all of which is one story or passage."
)
THRESHOLD = typer.Option(
    None,
    "--threshold",
    metavar="P",
    help="Of several labels, those are given whose probability is above P; else 0.5, or what the run has.",
)
JSON = typer.Option(False, "--json", help="Print JSON instead of text.")


def with_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each flag; what was typed arrives in its parameter `flags`, by flag name."""
    names = {flag.name.replace("-", "_"): flag.name for flag in FLAGS}

    @wraps(command)
    def wrapped(**values: Any) -> Any:
        typed = {name: values.pop(parameter) for parameter, name in names.items()}
        return command(flags={name: value for name, value in typed.items() if value is not None}, **values)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "flags"]
    added = [
        inspect.Parameter(
            flag.name.replace("-", "_"),
            inspect.Parameter.KEYWORD_ONLY,
            default=typer.Option(
                None, f"--{flag.name}", metavar=flag.metavar or None, help=flag.help, show_default=False
            ),
            annotation=(str if flag.metavar else bool) | None,
        )
        for flag in FLAGS
    ]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own] + added
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapped


def apply_flags(settings: "Settings", flags: dict[str, str], assignments: list[str]) -> None:
    """Put flags and `--set` into a tree.

    A length that is typed replaces the one that a configuration file has, whichever of the three that is, and a cell
    that is typed leaves the options of the file's cell behind.

    Raises:
        ConfigError: a key is set twice.
    """
    from elman.errors import ConfigError

    keys = {flag.name: flag.key for flag in FLAGS}
    typed = {keys[name]: f"--{name}" for name in flags}
    for assignment in assignments:
        key = assignment.partition("=")[0].strip()
        if key in typed:
            raise ConfigError(f"{typed[key]} and --set {key} set the same: give one of them.")
        typed[key] = f"--set {key}"
    if "model.cell" in typed:
        settings.forget("model.cell_options")
    lengths = {f"training.{name}" for name in ("steps", "epochs", "minutes")}
    if typed.keys() & lengths:
        for key in lengths:
            settings.forget(key)
    for name, text in flags.items():
        settings.set(keys[name], text, f"--{name}")
    for assignment in assignments:
        settings.set_text(assignment)


def otherwise(assignments: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the options of `reader` and `task`, for `elman.load`, that `--set` gives to a command on a trained run.

    Raises:
        ConfigError: another section is meant.
    """
    from elman.config import Settings
    from elman.errors import ConfigError

    settings, sections = Settings(), ("reader", "task")
    for assignment in assignments:
        settings.set_text(assignment)
    for section in settings.tree:
        if section not in sections:
            raise ConfigError(
                f"--set: got [{section}], expected reader.KEY=VALUE or task.KEY=VALUE: how files are read and how a "
                "run answers can differ from the training, what was trained cannot."
            )
    return {section: dict(settings.get(section, {})) for section in sections}


def refuse_input(option: str, path: Path, inputs: Sequence[str]) -> None:
    """Refuse to write over a file that is read.

    Raises:
        ConfigError: the path is one of the inputs: files, files side by side, globs.
    """
    from elman.data.sources import expand
    from elman.errors import ConfigError, ElmanError

    read: list[Path] = []
    for name in (part for one in inputs for part in (one, *one.split(","))):
        with suppress(ElmanError):  # what is not there is told by who reads it
            read += expand([name])
    if path.exists() and any(file.exists() and path.samefile(file) for file in read):
        raise ConfigError(f"{option}: {path}: is read, and would be written over. Give another name.")


def write_out(path: Path, content: str | bytes) -> None:
    """Write what `--out` names.

    Raises:
        ConfigError: the file cannot be written.
    """
    from elman.errors import ConfigError

    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise ConfigError(f"--out: {path}: cannot be written: {error.strerror}.") from error


def note(*texts: str) -> None:
    """Tell what is no answer, on standard error."""
    for text in texts:
        print("\n".join(filled([f"note: {text}"], width_of(sys.stderr))), file=sys.stderr)


def note_dropped(files: Sequence[str | Path]) -> None:
    """Tell what reading leaves out of files; of standard input nobody knows."""
    from elman.data.sources import dropped

    note(*dropped([str(file) for file in files if str(file) != "-"]))


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file, or of standard input for `-`, as they come and without their ends."""
    from elman.data.sources import lines_of, read_stream

    if str(path) == "-":
        yield from read_stream(input_bytes(), encoding)
        return
    yield from lines_of(str(path), encoding)


def arriving(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    """Yield lines in groups: all that have come meanwhile, at most so many, and never waiting for a second one."""
    waiting: queue.Queue[Any] = queue.Queue(maxsize=2 * most)

    def take() -> None:
        try:
            for line in lines:
                waiting.put(line)
            waiting.put(None)
        except BaseException as error:
            waiting.put(error)

    threading.Thread(target=take, daemon=True).start()
    group: list[str] = []
    while True:
        found = waiting.get() if not group else _next(waiting)
        if isinstance(found, str):
            group.append(found)
        if group and (not isinstance(found, str) or len(group) == most):
            yield group
            group = []
        if isinstance(found, BaseException):
            raise found
        if found is None:
            return


class _Nothing:
    """Stands for a queue in which nothing waits."""


def _next(waiting: "queue.Queue[Any]") -> Any:
    try:
        return waiting.get_nowait()
    except queue.Empty:
        return _Nothing()
