"""The check of the data before the first update: told, logged, or refused."""

from dataclasses import replace

from elman.checks import findings, shortened
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.data.running import RunningText
from elman.errors import DataError
from elman.events import Listener, Notice
from elman.runs.configuration import RunConfig
from elman.tasks.base import Task, TaskData

_MOST_REFUSED = 10


def checked(task: Task, data: TaskData, config: RunConfig, listener: Listener) -> TaskData:
    """Return the data with what is suspicious about it, and tell that.

    Raises:
        DataError: something is, and the configuration says that this is not trained on.
    """
    found = findings(task.parts(data) or _text(task, data, config))
    files = " ".join(config.data.train) + ("" if config.data.held_out else f" --valid {' '.join(config.data.valid)}")
    seen = f"elman describe {files}"
    if found and config.data.strict:
        raise DataError(*shortened(found, seen, _MOST_REFUSED))
    for text in shortened(found, seen):
        listener(Notice(text))
    return replace(data, findings=found)


def _text(task: Task, data: TaskData, config: RunConfig) -> RunningText:
    """Return the running text that a task reads. A list of texts is drawn from when some are held out, not cut."""
    reader = READERS.get(config.reader.name)(config.reader, names_of(task.fields(task.config)))
    train, share = reader.find(config.data.train), config.data.held_out
    valid = [] if share else reader.find(config.data.valid)
    at_the_end = 0.0 if getattr(task.config, "by_line", False) else share
    level = getattr(task.config, "level", "word")
    return RunningText(lambda: reader.read(train), lambda: reader.read(valid), at_the_end, data.unknown, level)
