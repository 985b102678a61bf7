"""elman generate: text from a language model, drawings from a pen, handwriting of a text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, to_json

if TYPE_CHECKING:
    from elman.decoding.writing import Wanted
    from elman.inference.predictor import Predictor


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    prompt: str = typer.Argument("", metavar="[PROMPT]", help="What to go on from; what to write by hand."),
    length: int = typer.Option(
        None, "--length", metavar="N", min=1, help="Tokens to add at most, 200 if nothing is said; points of a drawing."
    ),
    temperature: float = typer.Option(
        1.0, "--temperature", metavar="T", help="0 takes the likeliest, 1 the model as it is."
    ),
    top_k: int = typer.Option(0, "--top-k", metavar="K", help="Draw from the K likeliest only; 0 from all."),
    top_p: float = typer.Option(1.0, "--top-p", metavar="P", help="Draw from the fewest that reach probability P."),
    beam: int = typer.Option(0, "--beam", metavar="N", min=0, help="Search for the likeliest text along N paths."),
    seed: int = typer.Option(0, "--seed", metavar="N", help="The same seed gives the same text."),
    count: int = typer.Option(None, "--count", metavar="N", min=1, help="So many texts, each to the end of its line."),
    stop: str = typer.Option(None, "--stop", metavar="TEXT", help="A text ends before this."),
    bias: float = typer.Option(0.0, "--bias", metavar="B", help="Of drawings: above 0 for neater ones."),
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Of drawings: an SVG file to write them to."),
    beside: str = typer.Option(None, "--beside", metavar="FILE", help="Of drawings: a file whose first stand before."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    r"""Write text that goes on from a prompt, or draw, or write a text by hand.

    Names, one a line: elman generate RUN --count 20

    Up to an empty line: elman generate RUN --stop $'\n\n'

    Drawings: elman generate RUN --count 9 --bias 1 --out drawings.svg

    Handwriting: elman generate RUN "some words" --count 3 --bias 1 --out written.svg
    """
    import elman
    from elman.errors import ConfigError
    from elman.inference.wanting import wanted_text

    if stop == "":
        raise ConfigError("--stop: got an empty text, expected some: without --stop a text goes on to its length.")
    model = elman.load(run, device, plugins)
    if "drawings" in model.task.verbs:
        _refuse("means nothing to drawings", PROMPT=prompt and "handwriting" not in model.task.verbs)
        _refuse("means nothing to drawings", temperature=temperature != 1, top_k=top_k, beam=beam)
        _refuse("means nothing to drawings", top_p=top_p != 1, stop=stop)
        asked = {"count": count or 1, "length": length, "bias": bias, "seed": seed, "text": prompt}
        _draw(model, asked, out, beside, json_)
        return
    _refuse("is for drawings alone; this run writes text", bias=bias, out=out, beside=beside)
    choice: Any = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    wanted = wanted_text(200 if length is None else length, seed, beam, stop or "", choice)
    _write(model, prompt, wanted, count, json_)


def _write(model: "Predictor", prompt: str, wanted: "Wanted", count: int | None, json_: bool) -> None:
    """Write text that goes on from a prompt."""
    unknown = model.unknown_in(prompt)
    if unknown:
        shown = ", ".join(map(repr, unknown[:5]))
        print(f"note: not in the vocabulary, read as <unk>: {shown}", file=sys.stderr)
    if json_ or count is not None:
        for one in model.texts(prompt, wanted, count):
            print(to_json({"prompt": prompt, **one._asdict()}) if json_ else one.text, flush=True)
        return
    for piece in model.stream(prompt, wanted):
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()


def _refuse(why: str, **given: Any) -> None:
    """Refuse options that mean nothing to a run."""
    from elman.errors import ConfigError

    for name, value in given.items():
        if value:
            shown = name if name.isupper() else f"--{name.replace('_', '-')}"
            raise ConfigError(f"{shown}: {why}. Leave it out.")


def _draw(model: "Predictor", wanted: dict[str, Any], out: Path | None, beside: str | None, json_: bool) -> None:
    """Write drawings to a file, or show them."""
    from elman.answers.sketched import sketched
    from elman.errors import ConfigError
    from elman.evaluation.drawings import path_of
    from elman.files.durable import write_file
    from elman.inference.drawing import drawings, some_of
    from elman.pages.drawings import drawings as picture

    if beside is not None and out is None:
        raise ConfigError("--beside: got a file, but no --out: only a picture has true drawings beside.")
    found = drawings(model, **wanted)
    if out is not None:
        true = [] if beside is None else some_of(model, beside, len(found))
        named = f"drawn, bias {wanted['bias']:g}"
        every = [("true", one) for one in true] + [(named, one) for one in found]
        rows = [(name, path_of(model.offering("drawings").seen(one))) for name, one in every]
        write_file(out, f"{picture(rows)}\n".encode())
        print(f"{len(found)} drawings: {out}", file=sys.stderr)
    for one in found:
        if json_:
            print(to_json({"points": [[round(float(dx), 3), round(float(dy), 3), int(up)] for dx, dy, up in one]}))
        elif out is None:
            print(f"{sketched(model.offering('drawings').seen(one))}\n")
