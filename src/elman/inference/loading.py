"""From a run folder to a model that can be used."""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

from elman.config import Settings
from elman.data.fields import Field, names_of
from elman.data.mixed import MixedReader
from elman.data.readers import READERS
from elman.data.readers.base import Reader
from elman.errors import CheckpointError, ConfigError, quoted
from elman.given import folder_of, options_of
from elman.inference.predictor import Predictor
from elman.models import MODELS
from elman.models.base import Network
from elman.registry import only
from elman.runs.agreement import check_reader
from elman.runs.answering import kept
from elman.runs.configuration import RunConfig, named
from elman.runs.folder import RunFolder

_DEVICES = ("cpu", "cuda")


def load(
    path: str | PathLike[str],
    device: str = "cpu",
    plugins: Sequence[str] = (),
    reader: Mapping[str, Any] | None = None,
    task: Mapping[str, Any] | None = None,
) -> Predictor:
    """Return the model of a run, ready for use. Nothing in the folder is executed.

    Args:
        path: the run folder, or what `elman.train` returned.
        device: where to compute, `cpu` or `cuda`.
        plugins: code from outside elman that the run may name, such as `mymodule:MyCell`; it is imported.
        reader: options for reading files that differ from those of the training files, such as `{"delimiter": ";"}`.
        task: options that say how it answers, such as `{"beam": 10}`, in place of those of the run.

    Raises:
        CheckpointError: it is no run, a file is missing or altered, or a newer version made it.
        ConfigError: its configuration names something that is not there, or code that `plugins` does not; the reader
            has no such option; there is no such device.
    """
    if device.partition(":")[0] not in _DEVICES:
        raise ConfigError(f"--device: got {quoted(device)}, expected {' or '.join(_DEVICES)}.")
    run = RunFolder.open(folder_of("load", path), plugins)
    config, settings = run.load_config()
    known = run.load_task(config)
    with only(plugins):
        model = MODELS.get(config.model.name)(config.model, *known.outlines)
        fields = known.fields(config.task)
        read_so = options_of("reader", reader, "{'delimiter': ';'}")
        how = _otherwise(config, read_so, fields) if read_so else config.reader
        own = READERS.get(how.name)(how, names_of(fields))
        reads = MixedReader(own, fields, only=bool(read_so), named=config.data.named)
    weights = run.load_model(known)
    try:
        with only(plugins):
            model.load_weights(weights)
    except CheckpointError as error:
        raise CheckpointError(f"{run.model_path}: {error} Was {run.config_path} changed?") from error
    run.check_configuration(settings)
    if isinstance(model, Network):
        from elman.layers.devices import place  # with torch

        place(model, device)
    how_asked = {**kept(run.path), **options_of("task", task, "{'beam': 10}")}
    ready = known.asked(how_asked) if how_asked else known
    return Predictor(run.path, ready, model, reads, config.data.valid, config.data.train)


def load_each(
    paths: Iterable[str | PathLike[str]],
    device: str = "cpu",
    plugins: Sequence[str] = (),
    reader: Mapping[str, Any] | None = None,
    task: Mapping[str, Any] | None = None,
) -> list[Predictor]:
    """Return the models of runs that are asked together; arguments are those of `load`.

    Raises:
        ConfigError: a device that is not the CPU, where no run has a network.
    """
    runs = [load(path, device, plugins, reader, task) for path in paths]
    if device != "cpu" and not any(isinstance(run.model, Network) for run in runs):
        raise ConfigError(
            f"--device {device}: only networks compute there, and there is none: n-grams are looked up on the CPU. "
            "Leave it out."
        )
    return runs


def _otherwise(run: RunConfig, given: Mapping[str, Any], fields: Sequence[Field]) -> Reader.Config:
    """Return the options of a run's reader, some of them replaced; another format begins with its own defaults.

    Raises:
        ConfigError: the format has no such option, or cannot hold what the task reads.
    """
    own = run.reader
    same = given.get("name", own.name) == own.name
    kept = own.kept_beside(given) if same else {"encoding": own.encoding}
    settings = Settings({"task": {"name": run.task.name}, "reader": kept})
    for key, value in given.items():
        settings.set(f"reader.{key}", value)
    kind = named(READERS, settings, "reader.name", own.name)
    check_reader(settings, fields)
    config: Reader.Config = settings.build("reader", kind.Config)
    return config
