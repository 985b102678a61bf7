"""Versions of config.toml: what an older one says, in the words of today."""

from elman.config import Settings
from elman.errors import CheckpointError

RUN_FORMAT = 3
"""Version of the run folder. A newer one is refused, an older one is read.

2: `training.patience` ends a training; what the schedule plateau waits for is `training.decay_patience`.
3: streams of a language model start anew now and then, `task.fresh_starts`; before, they never did.
"""


def check_format(settings: Settings, where: str) -> None:
    """Refuse a run folder that this version cannot read.

    Raises:
        CheckpointError: it was made by a newer version, or is no run configuration.
    """
    made = settings.get("run.format")
    if type(made) is not int or made < 1:
        raise CheckpointError(f"{where}: no run.format in it: this is not the configuration of a run.")
    if made > RUN_FORMAT:
        raise CheckpointError(
            f"{where}: run format {made}, expected at most {RUN_FORMAT}: it was made by a newer elman. Upgrade elman."
        )


def translate(settings: Settings) -> None:
    """Put the configuration of an older run into the words of today; a recipe, which is of no run, stays as it is."""
    made = settings.get("run.format")
    if type(made) is not int or made >= RUN_FORMAT:
        return
    settings.set("run.format", RUN_FORMAT)
    training = settings.get("training")
    if made < 2 and isinstance(training, dict) and "patience" in training:
        training |= {"decay_patience": training["patience"], "patience": 0}
    if made < 3 and settings.get("task.name") == "lm" and settings.get("task.fresh_starts") is None:
        settings.set("task.fresh_starts", 0.0)
