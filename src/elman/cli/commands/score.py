"""elman score: the probability of each line."""

import json
from itertools import islice
from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, read_lines

_TOGETHER = 4096


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    file: Path = typer.Argument(Path("-"), metavar="[FILE|-]", help="Lines to score; - is standard input."),
    json_: bool = JSON,
    device: str = DEVICE,
) -> None:
    """Say how likely each line is.

    Prints log-probability and perplexity of each line, its end included.
    """
    import elman

    model = elman.load(run, device)
    lines = read_lines(file, model.encoding)
    header = None if json_ else f"{'log p (nats)':>14}  {'perplexity':>12}  {'tokens':>6}  {'unknown':>7}  line"
    while together := list(islice(lines, _TOGETHER)):
        if header is not None:
            print(header)
            header = None
        for score in model.score(together):
            if json_:
                print(json.dumps(score._asdict(), ensure_ascii=False))
            else:
                numbers = f"{score.log_prob_nats:>14,.4f}  {score.perplexity:>12,.2f}"
                print(f"{numbers}  {score.tokens:>6}  {score.unknown:>7}  {score.text}")
