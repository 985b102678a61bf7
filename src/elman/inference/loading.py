"""From a run folder to a model that can be used."""

from pathlib import Path

from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.errors import CheckpointError
from elman.inference.predictor import Predictor
from elman.models import MODELS
from elman.models.base import Network
from elman.runs.folder import RunFolder


def load(path: str | Path, device: str = "cpu") -> Predictor:
    """Return the model of a run, ready for use. Nothing in the folder is executed.

    Args:
        path: the run folder.
        device: where to compute, `cpu` or `cuda`.

    Raises:
        CheckpointError: it is no run, a file is missing or altered, or a newer version made it.
    """
    run = RunFolder.open(Path(path))
    config, _ = run.load_config()
    task = run.load_task(config)
    model = MODELS.get(config.model.name)(config.model, *task.outlines)
    weights = run.load_model(task)
    try:
        model.load_weights(weights)
    except CheckpointError as error:
        raise CheckpointError(f"{run.model_path}: {error} Was {run.config_path} changed?") from error
    if isinstance(model, Network):
        from elman.layers.devices import place  # with torch

        place(model, device)
    reader = READERS.get(config.reader.name)(config.reader, names_of(task.fields(config.task)))
    return Predictor(run.path, task, model, reader, config.data.valid)
