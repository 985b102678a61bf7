"""From a run folder to a model that can be used."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from elman.data.fields import names_of
from elman.data.mixed import MixedReader
from elman.data.readers import READERS
from elman.errors import CheckpointError
from elman.inference.predictor import Predictor
from elman.models import MODELS
from elman.models.base import Network
from elman.registry import only
from elman.runs.folder import RunFolder


def load(path: str | PathLike[str], device: str = "cpu", plugins: Sequence[str] = ()) -> Predictor:
    """Return the model of a run, ready for use. Nothing in the folder is executed.

    Args:
        path: the run folder, or what `elman.train` returned.
        device: where to compute, `cpu` or `cuda`.
        plugins: code from outside elman that the run may name, such as `mymodule:MyCell`; it is imported.

    Raises:
        CheckpointError: it is no run, a file is missing or altered, or a newer version made it.
        ConfigError: its configuration names something that is not there, or code that `plugins` does not.
    """
    run = RunFolder.open(Path(path), plugins)
    config, _ = run.load_config()
    task = run.load_task(config)
    with only(plugins):
        model = MODELS.get(config.model.name)(config.model, *task.outlines)
        fields = task.fields(config.task)
        reader = MixedReader(READERS.get(config.reader.name)(config.reader, names_of(fields)), fields)
    weights = run.load_model(task)
    try:
        with only(plugins):
            model.load_weights(weights)
    except CheckpointError as error:
        raise CheckpointError(f"{run.model_path}: {error} Was {run.config_path} changed?") from error
    if isinstance(model, Network):
        from elman.layers.devices import place  # with torch

        place(model, device)
    return Predictor(run.path, task, model, reader, config.data.valid)
