"""Makes an experiment by its name and options."""

from collections.abc import Mapping
from typing import Any

from elman.config import Settings
from elman.errors import ConfigError
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
