"""elman tune: how much a language model counts beside what was heard."""

from pathlib import Path

import typer

from elman.cli.options import DEVICE, JSON, OTHERWISE, PLUGINS, otherwise, to_json


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder of task ctc."),
    files: list[str] = typer.Argument(metavar="FILE...", help="Data with answers that nothing was learned from."),
    set_: list[str] = OTHERWISE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Find the weights of a language model that make the fewest errors, and keep them in the run.

    elman tune RUN valid.jsonl --set task.beam=25 --set task.lm=words
    """
    import elman
    from elman.inference.tuning import tune

    model = elman.load(run, device, plugins, **otherwise(set_))
    found = tune(model, files)
    if json_:
        print(to_json({"run": str(run), **found._asdict()}))
        return
    score = model.task.config.score
    print(f"alpha {found.alpha:g}  beta {found.beta:g}  {score} {found.error:.4f}, of {found.tried} pairs tried")
    print(f"kept in {run}: it answers so from now on")
