"""elman lab --all: every experiment on one page, and its figure and numbers as files beside it."""

import sys
from pathlib import Path

from elman.errors import ConfigError


def lecture(out: Path | None) -> str:
    """Make every experiment into a folder and return what to do next.

    Raises:
        ConfigError: no folder is named, or it cannot be made.
    """
    from elman.cli.options import to_json, write_out
    from elman.config import Settings
    from elman.lab.experiments import EXPERIMENTS
    from elman.lab.page import page
    from elman.lab.running import made, spoken

    if out is None:
        raise ConfigError("elman lab --all: name a folder for the page and its files: --out lecture.")
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"--out: {out}: cannot be made: {error.strerror}. Its parent folder has to be there."
        ) from error
    outcomes = []
    names = EXPERIMENTS.names()
    for number, name in enumerate(names, start=1):
        about = f"about {EXPERIMENTS.get(name).seconds:g} s"
        print(f"{number}/{len(names)} {spoken(name)}, {about}", file=sys.stderr, flush=True)
        outcome = made(name, Settings())
        write_out(out / f"{outcome.name}.svg", f"{outcome.svg()}\n")
        write_out(out / f"{outcome.name}.json", f"{to_json(outcome.facts)}\n")
        outcomes.append(outcome)
    lead = "Every figure, number and exercise, each by the command below its title."
    write_out(out / "index.html", page(outcomes, "The lecture, computed", lead).decode())
    return f"{len(outcomes)} experiments are in {out}: open {out / 'index.html'}"
