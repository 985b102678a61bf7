"""What a run knows already of files that it is scored on."""

from collections.abc import Iterable
from pathlib import Path

from elman.inference.predictor import Predictor


def seen(run: Predictor, files: Iterable[str | Path]) -> list[str]:
    """Return a sentence for each of some files that a run has learned from, or had its weights chosen on."""
    kinds = {"trained": run.training, "validated": run.validation}
    known = {done: {Path(name).resolve() for name in names} for done, names in kinds.items()}
    found = []
    for name in files:
        done = next((one for one, paths in known.items() if Path(name).resolve() in paths), None)
        if done is not None:
            found.append(f"{run.path} was {done} on {Path(name).name}: its scores there say nothing about other data.")
    return found
