"""Starting a run: what `elman train` and `elman.train` do."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from elman.config import Config, Settings
from elman.errors import ConfigError, did_you_mean
from elman.events import Listener, Notice
from elman.flags import FLAGS, key_of
from elman.given import folder_of, names_of_files, options_of
from elman.models import MODELS
from elman.models.base import Fitted
from elman.native import check_environment
from elman.pages.progress import watched
from elman.pages.trained_run import TrainedRun
from elman.runs.configuration import DataConfig, RunConfig, TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.numbering import numbered
from elman.tasks import TASKS
from elman.training.assembly import drive, learner_of, read_data
from elman.training.checking import checked
from elman.training.loop import Loop
from elman.training.preparing import lesson_of
from elman.training.recognizing import recognized
from elman.version import __version__


def train(
    task: str,
    train: str | Path | Sequence[str | Path],
    valid: str | Path | Sequence[str | Path] | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    settings: Mapping[str, Any] | None = None,
    listener: Listener | None = None,
    **flags: object,
) -> TrainedRun:
    """Train a model, as `elman train` does.

        run = elman.train("lm", train="wiki.train.tokens", valid="wiki.valid.tokens", cell="gru", minutes=10)

    Args:
        task: name of the task, such as `lm`.
        train: training files or globs.
        valid: validation files, or a share of the training data; 10% if left out.
        out: the run folder; `runs/<task>-<n>` if left out.
        overwrite: whether a run that is there may be replaced.
        settings: configuration keys, such as `{"training.clip_norm": 0.25}`.
        listener: is told what happens; left out, that is shown as on the command line. `elman.silent` shows nothing.
        **flags: the short names of the command line, with underscores: `hidden=200, batch_size=20`. A number may be
            text here too, `steps="60"`.

    Raises:
        ElmanError: something is wrong with the configuration, the data, the disk, or the training went astray.
    """
    tree = Settings()
    tree.set("task.name", task)
    tree.set("data.train", names_of_files("train", train))
    if valid is not None:
        tree.set("data.valid", names_of_files("valid", valid))
    for name, value in flags.items():
        key = key_of(name)
        if key is None:
            raise _unknown(name, task)
        tree.set(key, _plain(value), name)
    keys = {key_of(name): name for name in flags}
    for key, value in options_of("settings", settings, "{'training.clip_norm': 0.25}").items():
        if key in keys:
            raise ConfigError(f"{keys[key]} and settings[{key!r}] set the same: give one of them.")
        tree.set(key, _plain(value))
    with watched(listener) as told:
        return start(tree, None if out is None else folder_of("out", out), overwrite, told)


def _unknown(name: str, task: str) -> ConfigError:
    """Return what to say of a keyword that is no short name: the key that has that name, or the nearest short one."""
    kind = TASKS.get(task)
    model = MODELS.get(kind.default_model).Config
    sections: dict[str, type[Config]] = {"task": kind.Config, "model": model, "training": TrainingConfig}
    sections["data"] = DataConfig
    for section, schema in sections.items():
        if name in schema.model_fields:
            return ConfigError(f"unknown keyword {name!r}. Give it so: settings={{'{section}.{name}': ...}}.")
    return ConfigError(f"unknown keyword {name!r}. {did_you_mean(name, [one.name.replace('-', '_') for one in FLAGS])}")


def _plain(value: Any) -> Any:
    """Return a value as a configuration has it: a path by its name."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def start(settings: Settings, out: Path | None, overwrite: bool, listener: Listener) -> TrainedRun:
    """Start the run that a tree of settings describes, in a folder of its own."""
    said = recognized(settings)
    config = RunConfig.resolve(settings)
    _check_training(settings, config)
    check_environment()
    cores = os.cpu_count() or 1
    if config.training.threads > cores:
        raise ConfigError(
            f"--threads: got {config.training.threads}, but this machine has {cores} cores. 0 takes what suits it."
        )
    with numbered(config.task.name) if out is None else RunFolder(out).created(overwrite) as run:
        for text in said:
            listener(Notice(text))
        return _started(config, run, listener)


def _started(config: RunConfig, run: RunFolder, listener: Listener) -> TrainedRun:
    """Start a run in its folder."""
    given = config.data
    task, data, config = read_data(config, run, listener)
    data = checked(task, data, replace(config, data=given), run, listener)
    run.check_outside([Path(part) for name in (*config.data.train, *config.data.valid) for part in name.split(",")])
    learns = learner_of(config)
    with learns.process(config.training):
        lesson = lesson_of(config, task, data, run.path, listener)
        training, speed = learns.decided(lesson)
        config = replace(config, training=training)
        run.save_config(config, {"elman": __version__, "data": data.fingerprint})
        run.save_task(task)
        return drive(Loop(learns(lesson._replace(config=training)), learns.plan(training), run), speed)


def _check_training(settings: Settings, config: RunConfig) -> None:
    """Refuse settings of a training that mean nothing to a model without gradients.

    Raises:
        ConfigError: there are some.
    """
    model = MODELS.get(config.model.name)
    if not issubclass(model, Fitted):
        return
    known = model.training_keys
    given = settings.get("training", {})
    wrong = [key for key in given if key not in known] if isinstance(given, dict) else []
    if wrong:
        raise ConfigError(
            *(
                f"{settings.place('training', key)}means nothing to model {config.model.name}. Leave it out: of "
                f"[training] it takes {', '.join(known)}."
                for key in wrong
            )
        )
