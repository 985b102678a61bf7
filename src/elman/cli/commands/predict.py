"""elman predict: what comes after each line."""

import json
from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, read_lines


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    file: Path = typer.Argument(Path("-"), metavar="[FILE|-]", help="Beginnings, one a line; - is standard input."),
    k: int = typer.Option(5, "--k", metavar="K", min=1, help="How many next tokens to show."),
    json_: bool = JSON,
    device: str = DEVICE,
) -> None:
    """Show what is likely to come next.

    Prints the K likeliest next tokens after each line, with their probabilities.
    """
    import elman

    model = elman.load(run, device)
    for line in read_lines(file, model.encoding):
        found = model.predict(line, k)
        if json_:
            tokens = [{"token": token, "probability": probability} for token, probability in found]
            print(json.dumps({"text": line, "next": tokens}, ensure_ascii=False), flush=True)
        else:
            shown = "  ".join(
                f"{json.dumps(token, ensure_ascii=False)} {probability:.3g}" for token, probability in found
            )
            print(f"{line} -> {shown}", flush=True)
