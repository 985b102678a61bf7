"""The lab: every number, figure and exercise of the lecture by its name.

    import elman.lab

    found = elman.lab.jacobian()          # shown by a notebook with its figure; print(found) is what the terminal has
    found.values["J_4 J_3 J_2 J_1"]       # each quantity by its symbol
    elman.lab.names()                     # what there is

Each name is a function with the options that `elman describe NAME` lists, and returns an `elman.lab.outcome.Outcome`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elman.lab.outcome import Outcome


def names() -> list[str]:
    """Return the names of all experiments."""
    from elman.lab.experiments import EXPERIMENTS

    return EXPERIMENTS.names()


def __dir__() -> list[str]:
    return sorted([*names(), "names"])


def __getattr__(name: str) -> "Callable[..., Outcome]":
    """Return the function that makes an experiment.

    Raises:
        AttributeError: there is none of that name.
    """
    if name.startswith("_") or name not in names():
        from elman.errors import did_you_mean

        raise AttributeError(f"module 'elman.lab' has no experiment {name!r}. {did_you_mean(name, names())}")
    from elman.lab.running import outcome

    def experiment(**options: Any) -> "Outcome":
        return outcome(name, options)

    experiment.__name__ = experiment.__qualname__ = name
    experiment.__doc__ = f"Make the experiment {name}: `elman describe {name}` lists its options."
    return experiment
