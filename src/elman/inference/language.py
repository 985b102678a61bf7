"""Language models over one vocabulary, asked as one."""

from collections.abc import Sequence
from typing import NamedTuple

from elman.decoding.ensemble import Ensemble
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.text.tokenization import Tokenization


class Language(NamedTuple):
    """What says how likely a token is.

    Args:
        name: of the first run.
        level: what a token is: `word`, `character`, `bpe`, `byte`.
        tokens: what text is cut into.
        stepper: reads and predicts.
        models: M, how many speak.
    """

    name: str
    level: str
    tokens: Tokenization
    stepper: Stepper
    models: int


def language(runs: Sequence[Predictor], verb: str, does: str) -> Language:
    """Return a language model, or several that speak as one: p(w | history) = 1/M Σ_m p_m(w | history).

    Args:
        runs: one or several, over one vocabulary.
        verb: what their task has to offer.
        does: what they are to do together, for messages: `suggest`.

    Raises:
        ConfigError: a run of another task, or runs that are not alike: see `check_alike`.
    """
    task, *_ = [run.offering(verb) for run in runs]
    check_alike(runs, does)
    steppers: list[Stepper] = [run.ready for run in runs]
    stepper = steppers[0] if len(steppers) == 1 else Ensemble(steppers)
    return Language(str(runs[0].path), task.config.tokens_are, task.tokens, stepper, len(runs))


def check_alike(runs: Sequence[Predictor], does: str) -> None:
    """Refuse language models whose probabilities of a text cannot be added.

    Args:
        runs: of task lm.
        does: what they are to do together: `be mixed`.

    Raises:
        ConfigError: one has another vocabulary than the first, or one reads lines where another reads running text.
    """
    first = runs[0]
    for run in runs[1:]:
        if run.task.fingerprint != first.task.fingerprint:
            raise ConfigError(
                f"{run.path}: has another vocabulary than {first.path}, and cannot {does} with it: only probabilities "
                "of the same tokens add. Train both on the same text at the same level."
            )
        if run.task.config.by_line != first.task.config.by_line:
            by_line, running = (run, first) if run.task.config.by_line else (first, run)
            raise ConfigError(
                f"{by_line.path} reads each line as a text of its own, {running.path} a running text: they cannot "
                f"{does} together. Train both in one way, with --set task.lines=true or false."
            )
