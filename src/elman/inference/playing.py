"""Music that a trained model plays."""

from typing import Any, NamedTuple

import numpy as np

from elman.data.rolls import KEYS
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.inference.wanting import check_whole, wanted_text
from elman.randomness import seed_of
from elman.text.printed import counted

_STEPS = 96
"""That are added, where nobody says how many."""


class Piece(NamedTuple):
    """A piece of music.

    Args:
        frames: (T, 88), 1 where a key sounds, else 0.
        given: how many of its steps were there before it was gone on with.
    """

    frames: np.ndarray
    given: int = 0


def pieces(
    model: Predictor,
    count: int = 1,
    length: int | None = None,
    temperature: float = 1.0,
    seed: int = 0,
    prompt: str = "",
    first: int | None = None,
) -> list[Piece]:
    """Return pieces, each step drawn from all before, key by key. Piece i depends on the seed and i alone.

    Without a prompt, nothing is known of a first step: each key sounds at it as often as in training.

    Args:
        model: of a run of task forecast that learned from piano rolls.
        count: how many.
        length: steps that are added to the prompt; None for 96.
        temperature: 0 takes all keys that are likelier to sound than not, 1 draws from the model as it is.
        seed: of the draws.
        prompt: a file with one piece to go on from, such as `rolls.json#test:3`; empty for none.
        first: how many of its steps; None for all.

    Raises:
        ConfigError: a value that means nothing, or a run that does not read piano rolls and say what sounds next.
        DataError: the prompt cannot be read.
        TrainingError: what the model predicts are no numbers.
    """
    task: Any = model.offering("rolls")
    _check_run(model, task)
    for name, number in (("count", count), ("first", 1 if first is None else first)):
        check_whole(name, number)
        if number < 1:
            raise ConfigError(f"{name}: got {number}, expected 1 or more.")
    wanted = wanted_text(_STEPS if length is None else length, seed, 0, "", {"temperature": temperature})
    length, heat = wanted.length, float(wanted.choice.temperature)
    given = _beginning(model, prompt, first)
    draws = [np.random.default_rng(seed_of(seed, "rolls", one)) for one in range(count)]
    if len(given):
        added = model.ready.played(given, np.array([one.random((length, len(KEYS))) for one in draws]), heat)
        return [Piece(np.concatenate([given, one]), len(given)) for one in added]
    made = []
    for draw in draws:
        uniforms = draw.random((length, len(KEYS)))
        begin = _unheard(task.scales.values.mean, uniforms[:1], heat)
        made.append(Piece(np.concatenate([begin, *model.ready.played(begin, uniforms[None, 1:], heat)])))
    return made


def _check_run(model: Predictor, task: Any) -> None:
    """Refuse a run whose answer is not what it reads next.

    Raises:
        ConfigError: so it is.
    """
    config, names = task.config, list(task.measured.names)
    if not config.binary or names != KEYS or list(task.scales.values.names) != KEYS:
        shown = f"{counted(len(names), 'columns')} of {'switches' if config.binary else 'numbers'}"
        raise ConfigError(
            f"{model.path}: forecasts {shown}, expected the {len(KEYS)} keys of a piano, of which music is made. "
            f"elman predict {model.path} FILE says what comes next."
        )
    if config.differences != "none":
        raise ConfigError(
            f"{model.path}: reads differences, expected keys as they are. Train it with --set task.differences=none."
        )


def _beginning(model: Predictor, prompt: str, first: int | None) -> np.ndarray:
    """Return the steps to go on from, (P, 88); none without a prompt.

    Raises:
        ConfigError: the file has several pieces, or the one has not so many steps.
    """
    if not prompt:
        if first is not None:
            raise ConfigError(f"first: got {first}, but no piece to go on from. Name one: FILE#PART:NUMBER.")
        return np.zeros((0, len(KEYS)))
    found = list(model.read(prompt))
    if len(found) > 1:
        raise ConfigError(
            f"{prompt}: {counted(len(found), 'pieces')}, expected one to go on from. Name it by its number, such as "
            f"{found[0].place.replace(':', '#', 1)}."
        )
    frames: np.ndarray = np.asarray(found[0].fields["frames"], np.float64)
    if not len(frames):
        raise ConfigError(f"{found[0].where}: a piece without a step. Name another.")
    if first is not None and first > len(frames):
        raise ConfigError(f"first: got {first}, but {found[0].where} has {counted(len(frames), 'steps')}.")
    return frames[:first]


def _unheard(often: np.ndarray, uniforms: np.ndarray, temperature: float) -> np.ndarray:
    """Return a first step, as `SigmoidHead.draw` draws the others, from how often each key sounds."""
    with np.errstate(divide="ignore"):  # of a key that never sounds it is -inf
        logits = np.log(often) - np.log1p(-often)
    if temperature == 0:
        return np.where(logits > 0, 1.0, 0.0)[None]
    with np.errstate(over="ignore"):
        return np.where(uniforms < 1 / (1 + np.exp(-logits / temperature)), 1.0, 0.0)
