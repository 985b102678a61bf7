"""elman lab --all: every experiment on one page, and its figure and numbers as files beside it."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from elman.errors import ConfigError, ElmanError

if TYPE_CHECKING:
    from elman.lab.experiments.base import Experiment
    from elman.lab.page import Section

_PAGE = "index.html"


class _Files(NamedTuple):
    """What stands beside the page, of one experiment.

    Args:
        svg: its figure.
        json: its numbers.
    """

    svg: str
    json: str


def lecture(out: Path | None) -> int:
    """Make every experiment into a folder, in the order of the lecture, and say what to do next.

    One that fails is said to fail, on the page as well, and the others are made. After Ctrl-C the page has what was
    made until then.

    Returns:
        0 if all are made, else 1.

    Raises:
        ConfigError: no folder is named, it cannot be made, or a file in it cannot be written.
    """
    from elman.cli.options import write_out
    from elman.lab.page import Section
    from elman.lab.page import lecture as page

    folder = _made_folder(out)
    kinds = _in_order()
    about = sum(kind.seconds for kind in kinds.values()) / 60
    _say(f"{len(kinds)} experiments, about {about:.0f} minutes of one core\n")
    sections: list[Section] = []
    try:
        for name, kind in kinds.items():
            _say(f"{len(sections) + 1}/{len(kinds)} {name}, about {kind.seconds:g} s")
            start = time.perf_counter()
            section, files = _made(name, kind)
            if files is not None:
                write_out(folder / f"{name}.svg", f"{files.svg}\n")
                write_out(folder / f"{name}.json", f"{files.json}\n")
            sections.append(section)
            _say(f": {section.lacking or f'took {time.perf_counter() - start:.1f} s'}\n")
    except KeyboardInterrupt:
        _say(f": interrupted\n{folder / _PAGE} has what was made before\n")
        raise
    finally:
        left = [Section(name, kind, "", "interrupted before") for name, kind in list(kinds.items())[len(sections) :]]
        write_out(folder / _PAGE, page([*sections, *left]))
    made = [section for section in sections if not section.lacking]
    print(f"{len(made)} experiments are in {folder}: open {folder / _PAGE}")
    if len(made) < len(kinds):
        print(f"error: {len(kinds) - len(made)} could not be made; the page says why.", file=sys.stderr)
    return int(len(made) < len(kinds))


def _made_folder(out: Path | None) -> Path:
    if out is None:
        raise ConfigError("elman lab --all: name a folder for the page and its files: --out lecture.")
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"--out: {out}: cannot be made: {error.strerror}. Its parent folder has to be there."
        ) from error
    return out


def _in_order() -> "dict[str, type[Experiment]]":
    """Return the experiments by the first place of each in the lecture."""
    from elman.lab.experiments import EXPERIMENTS
    from elman.lab.running import spoken

    kinds = {spoken(name): EXPERIMENTS.get(name) for name in EXPERIMENTS.names()}
    return dict(sorted(kinds.items(), key=lambda one: (one[1].deck[0].deck, one[1].deck[0].line)))


def _made(name: str, kind: "type[Experiment]") -> "tuple[Section, _Files | None]":
    """Return an experiment as a section of the page and as files; without files if it fails in whatever way."""
    from elman.cli.options import to_json
    from elman.config import Settings
    from elman.lab.page import Section
    from elman.lab.running import made

    try:
        outcome = made(name, Settings())
        return Section(name, kind, outcome.html()), _Files(outcome.svg(), to_json(outcome.facts))
    except ElmanError as error:
        why = " ".join(error.lines)
    except Exception as error:  # a mistake of ours in one costs that one
        why = f"{type(error).__name__}: {error}"
    return Section(name, kind, "", why), None


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
