"""elman lab: every figure, number and exercise of the lecture."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import JSON, note, to_json, write_out
from elman.cli.streams import width_of

if TYPE_CHECKING:
    from elman.config import Settings
    from elman.lab.outcome import Outcome

_FORMATS = (".svg", ".png", ".html", ".json", ".txt")


def command(
    experiment: str = typer.Argument("", metavar="[EXPERIMENT]", help="Its name; without one, all are listed."),
    as_json: bool = JSON,
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Write it here: .svg, .png, .html, .json or .txt."),
    all_: bool = typer.Option(False, "--all", help="Make every experiment, and one page of them in the folder --out."),
    seed: int = typer.Option(None, "--seed", metavar="N", help="Of what is drawn; the first of several seeds."),
    seeds: int = typer.Option(None, "--seeds", metavar="N", help="How many seeds are run."),
    minutes: float = typer.Option(
        None, "--minutes", metavar="M", help="How long to train: all networks and seeds together."
    ),
    set_: list[str] = typer.Option(
        [], "--set", metavar="KEY=VALUE", help="Another option, such as lab.length=64.", show_default=False
    ),
) -> int:
    """Make a figure, number or exercise of the lecture; no trained run is needed.

    elman lab jacobian --out jacobian.svg
    """
    from elman.errors import ConfigError

    typed = {"seed": seed, "seeds": seeds, "minutes": minutes}
    given = {key: value for key, value in typed.items() if value is not None}
    if all_:
        from elman.cli.lecture import lecture

        if experiment or as_json or set_ or given:
            raise ConfigError("elman lab --all: takes --out FOLDER and nothing else: each experiment is made as it is.")
        return lecture(out)
    if not experiment:
        if out is not None or given or set_:
            raise ConfigError("elman lab: no experiment. Name one, such as jacobian; elman lab alone lists them.")
        print(_listed(as_json))
        return 0
    ending = out.suffix.lower() if out is not None else ""
    if out is not None and ending not in _FORMATS:
        raise ConfigError(f"--out: {out}: there is no format {ending or 'without an ending'}. End it with "
                          f"{', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}.")  # fmt: skip
    if out is not None and not out.parent.is_dir():
        raise ConfigError(f"--out: {out}: cannot be written: there is no folder {out.parent}.")
    outcome = _made(experiment, _settings(experiment, given, set_))
    if out is not None:
        _write(outcome, out, ending)
        note(f"{out} is written.")
    if as_json:
        print(to_json(outcome.facts))
    elif out is None:
        print(_told(outcome))
    return 0


def _made(experiment: str, settings: "Settings") -> "Outcome":
    """Make an experiment, and show on a terminal what is being trained."""
    from elman.lab.running import made
    from elman.lab.underway import listening

    try:
        with listening(_waiting):
            return made(experiment, settings)
    finally:
        _waiting("")


def _waiting(text: str) -> None:
    """Show on a terminal, in place of what was shown before, what is being trained."""
    import sys

    if width := width_of(sys.stderr):
        print(f"\r\x1b[K{text[: width - 1]}", end="", file=sys.stderr, flush=True)


def _settings(experiment: str, given: dict[str, float], assignments: list[str]) -> "Settings":
    """Return the options of an experiment.

    Raises:
        ConfigError: it has none of that name, or one is of another section.
    """
    from elman.config import Settings
    from elman.errors import ConfigError
    from elman.lab.running import SECTION, known, spoken

    name, kind = known(experiment)
    fields = kind.Config.model_fields
    settings = Settings()
    for key, value in given.items():
        if key not in fields:
            why = "nothing in it is trained" if key == "minutes" else "nothing in it is drawn"
            raise ConfigError(f"--{key}: {spoken(name)} does not have it: {why}. Leave it out.")
        settings.set(f"{SECTION}.{key}", value, f"--{key}")
    for assignment in assignments:
        settings.set_text(assignment)
    for section in settings.tree:
        if section != SECTION:
            raise ConfigError(f"--set: got [{section}], expected {SECTION}.KEY=VALUE, an option of the experiment.")
    return settings


def _listed(as_json: bool) -> str:
    """Return every experiment: its name, where it stands in the lecture, what it shows, how long it takes."""
    from elman.lab.experiments import EXPERIMENTS
    from elman.lab.running import spoken

    kinds = {spoken(name): EXPERIMENTS.get(name) for name in EXPERIMENTS.names()}
    if as_json:
        return to_json(
            [
                {
                    "name": name,
                    "deck": [list(place) for place in kind.deck],
                    "shows": kind.title,
                    "seconds": kind.seconds,
                }
                for name, kind in kinds.items()
            ]
        )
    rows = [["experiment", "deck, lines", "seconds", "shows"]]
    for name, kind in kinds.items():
        where = ", ".join(f"{place.deck} L{place.lines}" for place in kind.deck[:2])
        rows.append([name, where + (" ..." if len(kind.deck) > 2 else ""), f"{kind.seconds:g}", kind.title])
    return "\n".join([*_left(rows), "", "elman lab EXPERIMENT makes one; elman describe EXPERIMENT lists its options."])


def _left(rows: list[list[str]]) -> list[str]:
    """Return the lines of a table in which seconds alone stand to the right."""
    from elman.text.folding import aligned

    seconds = max(len(row[2]) for row in rows)
    return list(aligned([[row[0], row[1], row[2].rjust(seconds), row[3]] for row in rows], left=4))


def _told(outcome: "Outcome") -> str:
    import sys

    from elman.cli.streams import width_of
    from elman.lab.told import lines

    return "\n".join(lines(outcome, width_of(sys.stdout)))


def _write(outcome: "Outcome", out: Path, ending: str) -> None:
    """Write an experiment in the format of a file's ending."""
    from elman.lab.page import page

    if ending == ".svg":
        write_out(out, f"{outcome.svg()}\n")
    elif ending == ".json":
        write_out(out, f"{to_json(outcome.facts)}\n")
    elif ending == ".txt":
        write_out(out, f"{outcome}\n")
    elif ending == ".html":
        write_out(out, page(outcome))
    else:
        write_out(out, outcome.png())
