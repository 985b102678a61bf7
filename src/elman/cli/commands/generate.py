"""elman generate: text from a language model."""

import sys
from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, to_json


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    prompt: str = typer.Argument("", metavar="[PROMPT]", help="What to go on from."),
    length: int = typer.Option(200, "--length", metavar="N", min=1, help="Tokens to add at most."),
    temperature: float = typer.Option(
        1.0, "--temperature", metavar="T", help="0 takes the likeliest, 1 the model as it is."
    ),
    top_k: int = typer.Option(0, "--top-k", metavar="K", help="Draw from the K likeliest only; 0 from all."),
    top_p: float = typer.Option(1.0, "--top-p", metavar="P", help="Draw from the fewest that reach probability P."),
    beam: int = typer.Option(0, "--beam", metavar="N", min=0, help="Search for the likeliest text along N paths."),
    seed: int = typer.Option(0, "--seed", metavar="N", help="The same seed gives the same text."),
    count: int = typer.Option(None, "--count", metavar="N", min=1, help="So many texts, each to the end of its line."),
    stop: str = typer.Option(None, "--stop", metavar="TEXT", help="A text ends before this."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    r"""Write text that goes on from a prompt.

    Names, one a line: elman generate RUN --count 20

    Up to an empty line: elman generate RUN --stop $'\n\n'
    """
    import elman
    from elman.errors import ConfigError
    from elman.inference.wanting import wanted_text

    if stop == "":
        raise ConfigError("--stop: got an empty text, expected some: without --stop a text goes on to its length.")
    model = elman.load(run, device, plugins)
    wanted = wanted_text(length, seed, beam, stop or "", {"temperature": temperature, "top_k": top_k, "top_p": top_p})
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
