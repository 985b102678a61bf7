"""elman type: words that are suggested while someone types."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note_dropped, read_lines, to_json
from elman.text.printed import on_one_line

if TYPE_CHECKING:
    from elman.keyboard.told import TypedLine


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder of a language model of words."),
    file: Path = typer.Argument(
        Path("-"), metavar="[FILE|-]", help="Lines that are typed already; - is standard input, or the keyboard."
    ),
    k: int = typer.Option(3, "--k", metavar="K", help="How many words are suggested, at most 9 at the keyboard."),
    with_: list[Path] = typer.Option(
        [], "--with", metavar="RUN", help="A further run that suggests with this one: the mean of both."
    ),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    r"""Suggest words while you type.

    Tab takes the first, a digit another, Ctrl-X removes the first; Enter ends the line, Ctrl-D leaves. Words
    that the model does not know are learned until you leave.

    Without a terminal, each line is shown with what would have been suggested to whoever typed it:

    printf 'the cat sat\n' | elman type RUN
    """
    from contextlib import nullcontext

    from elman.cli.terminal import loading, type_lines
    from elman.errors import ConfigError

    at_the_keyboard = str(file) == "-" and sys.stdin.isatty() and sys.stdout.isatty()
    if at_the_keyboard and k > 9:
        raise ConfigError(f"--k: got {k}, expected 9 or less: a suggestion is taken by its digit.")
    if at_the_keyboard and json_:
        raise ConfigError("--json: got the keyboard, expected lines that are typed already: a FILE, or standard input.")
    with loading() if at_the_keyboard else nullcontext():
        from elman.inference.loading import load_each
        from elman.keyboard.evaluation import check
        from elman.keyboard.line import Line
        from elman.keyboard.of_runs import keyboard
        from elman.keyboard.told import typed_line

        models = load_each([run, *with_], device, plugins)
        board = keyboard(*models)
        check(board, k)
        line = Line(board, k)
    if at_the_keyboard:
        type_lines(line)
        return
    note_dropped([file])
    for text in read_lines(file, models[0].encoding):
        found = typed_line(board, line, text, k)
        print(to_json(found.facts()) if json_ else _shown(found), flush=True)


def _shown(line: "TypedLine") -> str:
    """Return a line as people read it: a row a word, then what would come next."""
    names = [one.word for one in line.words] + ["..."]
    width = max(map(len, names))
    rows = []
    for one in line.words:
        typed = "typed" if one.letters is None else f"{one.letters} {'letter' if one.letters == 1 else 'letters'}"
        unknown = "" if one.known else "  (unknown)"
        rows.append((one.word, typed, "  ".join(each.word for each in one.suggestions) + unknown))
    rows.append(("...", "", "  ".join(each.word for each in line.next)))
    return "\n".join(
        f"{on_one_line(word):<{width}}  {typed:<10}  {on_one_line(shown)}".rstrip() for word, typed, shown in rows
    )
