"""elman inspect: what a model does inside."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import DEVICE, OTHERWISE, PLUGINS, note, otherwise, read_lines, refuse_input, to_json, write_out

if TYPE_CHECKING:
    from elman.inspection.views.base import Seen, View


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    view: str = typer.Argument(metavar="VIEW", help="What to look at: `elman describe views`."),
    inputs: list[str] = typer.Argument(None, metavar="INPUT...", help="Inputs, each as one argument."),
    file: Path = typer.Option(None, "--file", metavar="FILE|-", help="Inputs, one a line; - is standard input."),
    format_: str = typer.Option(
        "",
        "--format",
        metavar="FORMAT",
        help="text, json, svg, png, html, or one that the view has; else as --out ends.",
    ),
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Write it here, such as seen.html or seen.svg."),
    at: int = typer.Option(
        None, "--at", metavar="T", help="The place that is looked at, from 1; the last if left out."
    ),
    for_: str = typer.Option(None, "--for", metavar="WORD", help="The token, tag or label that is asked about."),
    layer: int = typer.Option(None, "--layer", metavar="L", help="One layer, from 1."),
    letter: str = typer.Option(None, "--letter", metavar="X", help="One quantity of the cell, by its letter."),
    unit: int = typer.Option(None, "--unit", metavar="N", help="One unit of it, from 0."),
    set_: list[str] = OTHERWISE,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Look into a model while it reads an input.

    elman inspect RUN gates "a sentence" --out seen.svg
    """
    import elman
    from elman.inspection.views import VIEWS
    from elman.inspection.views.base import Options

    kind = VIEWS.get(view)
    name = _format(format_, out, kind)
    if out is not None and file is not None:
        refuse_input("--out", out, [str(file)])
    model = elman.load(run, device, plugins, **otherwise(set_))
    looked = kind(model, Options(at, for_, layer, letter, unit))
    lines = [*(inputs or ()), *(read_lines(file, model.encoding) if file is not None else ())]
    seen = list(looked.look(lines)) if lines else _own(looked, name)
    if name in ("svg", "png", "html"):
        _say_what_is_cut(seen)
    found = _written(name, seen, kind, str(run))
    if out is None:
        print(found)
    else:
        write_out(out, found if isinstance(found, bytes) else f"{found}\n")


def _own(looked: "View", name: str) -> "list[Seen]":
    """Return what is seen of the run's own data, of one input where a picture shows one."""
    found = list(islice(looked.some(), 1 if name in ("svg", "png") else None))
    if looked.reads:
        note(f"no input was given: shown are {len(found)} of the {looked.whose} data of the run.")
    return found


def _say_what_is_cut(seen: "Sequence[Seen]") -> None:
    """Say where pictures have not all places of an input."""
    from elman.inspection.layers_view import DRAWN
    from elman.inspection.pictures import places

    longest = max((places(one.facts) for one in seen), default=0)
    if longest > DRAWN:
        note(f"pictures have {DRAWN} of {longest:,} places; numbers of all: --format json")


def _format(given: str, out: Path | None, view: "type[View]") -> str:
    """Return the name of a format: what was asked for, what the file's name ends with, or text.

    Raises:
        ConfigError: the view has none of that name.
    """
    from elman.errors import ConfigError, did_you_mean

    able = ["text", "json", "svg", "png", "html", *view.formats]
    ending = out.suffix.lstrip(".").lower() if out is not None else ""
    if not given and ending not in ("", "txt", *able):
        raise ConfigError(f"--out: {out}: there is no format .{ending}. End it with .svg, .png, .html, .json or .txt.")
    if out is not None and not ending and not given:
        raise ConfigError(f"--out: {out}: there is no format without an ending. End it with .svg, .png, .html, .json "
                          "or .txt, or give a --format.")  # fmt: skip
    if given and ending in able and ending != given:
        raise ConfigError(f"--format {given} and --out {out} ask for different formats: give one of them.")
    name = given or (ending if ending in able else "text")
    if name not in able:
        raise ConfigError(f"--format: got {name!r}. {did_you_mean(name, able)}")
    if name in ("svg", "png", "html") and out is None:
        raise ConfigError(f"--format {name}: is for a file. Name it: --out seen.{name}.")
    return name


def _written(name: str, seen: "Sequence[Seen]", view: "type[View]", run: str) -> str | bytes:
    """Return what was seen in a format.

    Raises:
        ConfigError: a picture shows one input.
    """
    if name == "text":
        return "\n\n".join(one.told for one in seen)
    if name == "json":
        return "\n".join(to_json(one.facts) for one in seen)
    if name in view.formats:
        return "\n".join(one.others[name] for one in seen)
    from elman.errors import ConfigError
    from elman.inspection.pictures import page, picture, raster

    if name == "html":
        return page(view.title, run, seen)
    if not any(one.panels or one.details for one in seen):
        raise ConfigError(f"--out: there is no picture of {view.title.lower()}: end it with .html, .json or .txt.")
    if len(seen) > 1:
        kind = "a PNG" if name == "png" else "an SVG"
        raise ConfigError(f"--out: {kind} shows one input: got {len(seen)}. Write a page: --out seen.html.")
    return raster(seen[0]) if name == "png" else picture(seen[0])
