"""elman generate: text from a language model, drawings from a pen, handwriting of a text, music from piano rolls."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.made import draw, play
from elman.cli.options import DEVICE, JSON, PLUGINS, note, to_json

if TYPE_CHECKING:
    from elman.inference.predictor import Predictor


_LENGTH = typer.Option(
    None,
    "--length",
    metavar="N",
    min=1,
    help="Tokens to add at most, 200 if nothing is said; points of a drawing; of music steps, 96 if nothing is said.",
)
_COUNT = typer.Option(
    None, "--count", metavar="N", min=1, help="So many texts, each to the end of its line; drawings, pieces of music."
)
_FIRST = typer.Option(
    None, "--first", metavar="N", min=1, help="Of music: go on from so many steps of the piece, else from all."
)
_PROMPT = typer.Argument(
    "", metavar="[PROMPT]", help="What to go on from, of music FILE#PART:NUMBER; what to write by hand."
)
_TEMPERATURE = typer.Option(1.0, "--temperature", metavar="T", help="0 takes the likeliest, 1 the model as it is.")
_TEMPO = typer.Option(None, "--tempo", metavar="N", min=4, help="Of a MIDI file: steps a minute, else 120.")
_OUT = typer.Option(
    None, "--out", metavar="FILE", help="Of drawings: an SVG file to write them to; of music .mid, .json or .svg."
)
_CHECK = typer.Option(
    None, "--check", metavar="FORMAT", help="Count the texts that parse, such as json; elman describe formats."
)
_BESIDE = typer.Option(None, "--beside", metavar="FILE", help="Of drawings: a file whose first stand before.")


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    prompt: str = _PROMPT,
    length: int = _LENGTH,
    temperature: float = _TEMPERATURE,
    top_k: int = typer.Option(0, "--top-k", metavar="K", help="Draw from the K likeliest only; 0 from all."),
    top_p: float = typer.Option(1.0, "--top-p", metavar="P", help="Draw from the fewest that reach probability P."),
    beam: int = typer.Option(0, "--beam", metavar="N", min=0, help="Search for the likeliest text along N paths."),
    seed: int = typer.Option(0, "--seed", metavar="N", help="The same seed gives the same text."),
    count: int = _COUNT,
    stop: str = typer.Option(None, "--stop", metavar="TEXT", help="A text ends before this."),
    check: str = _CHECK,
    bias: float = typer.Option(0.0, "--bias", metavar="B", help="Of drawings: above 0 for neater ones."),
    first: int = _FIRST,
    tempo: int = _TEMPO,
    out: Path = _OUT,
    beside: str = _BESIDE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    r"""Write text that goes on from a prompt, or draw, or write a text by hand, or make music.

    Names, one a line: elman generate RUN --count 20

    How many are colors: elman generate RUN --count 1000 --check color

    Up to an empty line: elman generate RUN --stop $'\n\n'

    Drawings: elman generate RUN --count 9 --bias 1 --out drawings.svg

    Handwriting: elman generate RUN "some words" --count 3 --bias 1 --out written.svg

    Music: elman generate RUN rolls.json#test:3 --first 32 --out music.mid
    """
    from elman.inference.loading import load_each

    _check_stop(stop)
    (model,) = load_each([run], device, plugins)
    typed = _Typed(
        prompt, length, seed, count, temperature, top_k, top_p, beam, stop, check, bias, beside, first, tempo
    )
    if "drawings" in model.task.verbs:
        _draw(model, typed, out, json_)
    elif "rolls" in model.task.verbs:
        _play(model, typed, out, json_)
    else:
        _refuse("is for drawings and music; this run writes text", out=out)
        _write(model, typed, json_)


def _check_stop(stop: str | None) -> None:
    """Refuse a text that says nothing."""
    from elman.errors import ConfigError

    if stop == "":
        raise ConfigError("--stop: got an empty text, expected some: without --stop a text goes on to its length.")


@dataclass(frozen=True)
class _Typed:
    """What was typed of what is wanted; the names are those of the options."""

    prompt: str
    length: int | None
    seed: int
    count: int | None
    temperature: float
    top_k: int
    top_p: float
    beam: int
    stop: str | None
    check: str | None
    bias: float
    beside: str | None
    first: int | None
    tempo: int | None

    @property
    def of_text(self) -> dict[str, Any]:
        """What means something to text alone."""
        top_p = self.top_p != 1
        return {"top_k": self.top_k, "top_p": top_p, "beam": self.beam, "stop": self.stop, "check": self.check}

    @property
    def of_pens(self) -> dict[str, Any]:
        """What means something to drawings alone."""
        return {"bias": self.bias, "beside": self.beside}

    @property
    def of_music(self) -> dict[str, Any]:
        """What means something to music alone."""
        return {"first": self.first, "tempo": self.tempo}


def _draw(model: "Predictor", typed: _Typed, out: Path | None, json_: bool) -> None:
    """Draw, or write a text by hand."""
    prompt = "" if "handwriting" in model.task.verbs else typed.prompt
    others = {"PROMPT": prompt, "temperature": typed.temperature != 1, **typed.of_text, **typed.of_music}
    _refuse("means nothing to drawings", **others)
    wanted = {"count": typed.count or 1, "length": typed.length, "bias": typed.bias, "seed": typed.seed}
    draw(model, {**wanted, "text": typed.prompt}, out, typed.beside, json_)


def _play(model: "Predictor", typed: _Typed, out: Path | None, json_: bool) -> None:
    """Make music."""
    _refuse("means nothing to music", **typed.of_text, **typed.of_pens)
    wanted = {"count": typed.count or 1, "length": typed.length, "temperature": typed.temperature, "seed": typed.seed}
    play(model, {**wanted, "prompt": typed.prompt, "first": typed.first}, out, typed.tempo, json_)


def _write(model: "Predictor", typed: _Typed, json_: bool) -> None:
    """Write text that goes on from a prompt."""
    from elman.inference.parsing import tally_of, told
    from elman.inference.wanting import wanted_text

    _refuse("is for drawings alone; this run writes text", **typed.of_pens)
    _refuse("is for music alone; this run writes text", **typed.of_music)
    choice: Any = {"temperature": typed.temperature, "top_k": typed.top_k, "top_p": typed.top_p}
    length = 200 if typed.length is None else typed.length
    wanted = wanted_text(length, typed.seed, typed.beam, typed.stop or "", choice)
    unknown = model.unknown_in(typed.prompt)
    if unknown:
        shown = ", ".join(map(repr, unknown[:5]))
        print(f"note: not in the vocabulary, read as <unk>: {shown}", file=sys.stderr)
    if json_ or typed.count is not None or typed.check is not None:
        tally = None if typed.check is None else tally_of(model, typed.check)
        for one in model.texts(typed.prompt, wanted, typed.count):
            fault = {} if tally is None else {"fault": tally.add(one.text)}
            print(to_json({"prompt": typed.prompt, **one._asdict(), **fault}) if json_ else one.text, flush=True)
        if tally is not None:
            note(*told(tally))
        return
    for piece in model.stream(typed.prompt, wanted):
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
