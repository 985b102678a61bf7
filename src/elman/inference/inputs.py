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
    """Say whether a file is one like those of the training: in their format, with answers that were learned.

    A file without answers is one where nothing but that format looks so. A folder is one only where the training data
    was such a folder: of any other, its files were meant.
    """
    task, name, path = model.task, str(file), Path(file)
    inputs = task.inputs(task.config)
    own = model.reader.own
    folder = path.is_dir() and own.recognizes(path, "", model.reader.fields) > 0
    if inputs == task.fields(task.config) or not (path.is_file() or folder):
        return False
    with suppress(ElmanError):
        trial = MixedReader(
            type(own)(own.config, model.reader.fields), model.reader.needs, model.reader.only, model.reader.named
        )
        task.check(list(islice(trial.read(trial.find([name])), _LOOKED_AT)), held_out=False)
        return True
    if model.reader.only:
        return True  # it is not what its reader was told to expect: reading it says why
    sure = max(likeness(name, inputs, formats(inputs)).values(), default=0) >= _SURE
    if sure and any(field.kind.numeric for field in inputs):
        return True  # no recording is lines of text: where it is broken, reading it says how
    with suppress(ElmanError):
        return sure and next(model.read(name), None) is not None
    return False
