"""What a run knows already of files that it is scored on."""

from collections.abc import Iterable
from pathlib import Path

from elman.data.stretch import parted
from elman.inference.predictor import Predictor


def seen(run: Predictor, files: Iterable[str | Path]) -> list[str]:
    """Return a sentence for each of some files that a run has learned from, or had its weights chosen on.

    Of two parts of one file, `FILE#PART`, its reader says whether they share something.
    """
    found = []
    for name in files:
        path, part = parted(name)
        for done, names in (("trained", run.training), ("validated", run.validation)):
            known = next((one for one in names if _meet(run, name, one)), None)
            if known is not None:
                how = "" if parted(known)[1] in ("", part) else "some of "
                shown = "#".join(filter(None, (path.name, part)))
                text = f"{run.path} was {done} on {how}{shown}"
                found.append(f"{text}: its scores there say nothing about other data.")
                break
    return found


def _meet(run: Predictor, name: str | Path, known: str | Path) -> bool:
    """Say whether two names mean one file, and parts of it that may share something."""
    (path, part), (other, learned) = parted(name), parted(known)
    return path.resolve() == other.resolve() and run.reader.overlap(part, learned)
