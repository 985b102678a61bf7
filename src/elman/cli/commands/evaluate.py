"""elman evaluate: scores of a run on a file."""

import json
from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    files: list[str] = typer.Argument(metavar="FILE...", help="Files or globs to score, as one text."),
    json_: bool = JSON,
    device: str = DEVICE,
) -> None:
    """Score a run on files.

    Each number has its unit and its signature.
    """
    import elman

    evaluation = elman.load(run, device).evaluate(files)
    if json_:
        scores = [
            {"name": score.name, "value": score.value, "unit": score.unit, "signature": score.signature}
            for score in evaluation.scores
        ]
        file = files[0] if len(files) == 1 else files
        result = {"run": str(run), "file": file, "scores": scores, "counts": evaluation.counts}
        print(json.dumps({**result, "elman": elman.__version__}, ensure_ascii=False))
        return
    print("  ".join(f"{count:,} {name}" for name, count in evaluation.counts.items()))
    signature = ""
    for score in evaluation.scores:
        if "unknown:out" in score.signature and not evaluation.counts.get("unknown"):
            continue
        if score.signature != signature:
            signature = score.signature
            print(f"\n{signature}")
        print(f"  {score.name.replace('_', ' '):<20}{score.value:>12,.4f}  {score.unit}")
