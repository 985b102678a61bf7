"""What a file is that somebody gives a trained model: data like that of its training, or raw text."""

from contextlib import suppress
from itertools import islice
from pathlib import Path

from elman.data.mixed import MixedReader
from elman.data.readers import formats, likeness
from elman.errors import ElmanError
from elman.inference.predictor import Predictor

_LOOKED_AT = 100
_SURE = 3


def looks_like_data(model: Predictor, file: str | Path) -> bool:
    """Say whether a file is to be read as data: it has examples, or its reader was told what to expect of it.

    Where it is not what its reader was told to expect, reading it says why.
    """
    return _may_be_data(model, Path(file)) and (model.reader.only or has_examples(model, file))


def has_examples(model: Predictor, file: str | Path) -> bool:
    """Say whether a file is one like those of the training: in their format, with answers that were learned.

    A file without answers is one where nothing but that format looks so. A folder is one only where the training data
    was such a folder: of any other, its files were meant.
    """
    if not _may_be_data(model, Path(file)):
        return False
    task, name, reader = model.task, str(file), model.reader
    with suppress(ElmanError):
        own = type(reader.own)(reader.own.config, reader.fields)
        trial = MixedReader(own, reader.needs, reader.only, reader.named)
        task.check(list(islice(trial.read(trial.find([name])), _LOOKED_AT)), held_out=False)
        return True
    inputs = task.inputs(task.config)
    sure = max(likeness(name, inputs, formats(inputs)).values(), default=0) >= _SURE
    if sure and any(field.kind.numeric for field in inputs):
        return True  # no recording is lines of text: where it is broken, reading it says how
    with suppress(ElmanError):
        return sure and next(model.read(name), None) is not None
    return False


def _may_be_data(model: Predictor, path: Path) -> bool:
    """Say whether there is such a file, or folder, and data that is more than what a task answers to."""
    task, reader = model.task, model.reader
    folder = path.is_dir() and reader.own.recognizes(path, "", reader.fields) > 0
    return task.inputs(task.config) != task.fields(task.config) and (path.is_file() or folder)
