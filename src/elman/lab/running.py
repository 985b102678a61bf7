"""Makes an experiment by its name and options."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from elman.config import Settings
from elman.errors import ConfigError, quoted
from elman.lab.experiments import ELSEWHERE, EXPERIMENTS
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Outcome

SECTION = "lab"
"""Of the options of an experiment."""


def spoken(name: str) -> str:
    """Return a name as it is typed.

    >>> spoken("forget_gate")
    'forget-gate'
    """
    return name.replace("_", "-")


def known(name: str) -> tuple[str, type[Experiment]]:
    """Return the file's name and the class of an experiment.

    Args:
        name: with lines or underlines between its words.

    Raises:
        ConfigError: there is none of that name.
    """
    stem = name.replace("-", "_").lower()
    if stem in ELSEWHERE:
        raise ConfigError(f"unknown experiment {name!r}. Did you mean {spoken(ELSEWHERE[stem])!r}?")
    if stem not in EXPERIMENTS.names():
        close = [spoken(one) for one in get_close_matches(stem, EXPERIMENTS.names(), n=1, cutoff=0.5)]
        meant = f"Did you mean {close[0]!r}? " if close else ""
        raise ConfigError(f"unknown experiment {quoted(name)}. {meant}`elman lab` lists them.")
    return stem, EXPERIMENTS.get(stem)


def outcome(name: str, options: Mapping[str, Any]) -> Outcome:
    """Make an experiment.

    Args:
        name: of it.
        options: values by the names of its options.

    Raises:
        ConfigError: there is no such experiment or option, or a value cannot be.
    """
    settings = Settings()
    for key, value in options.items():
        settings.set(f"{SECTION}.{key}", value, key)
    return made(name, settings)


def made(name: str, settings: Settings) -> Outcome:
    """Make an experiment with the options of a section.

    Raises:
        ConfigError: there is no such experiment or option, or a value cannot be.
    """
    stem, kind = known(name)
    found = kind(settings.build(SECTION, kind.Config)).found()
    return Outcome(spoken(stem), kind.title, kind.formula, kind.deck, found)
