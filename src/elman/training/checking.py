"""The check of the data before the first update: told, logged, or refused."""

from dataclasses import replace

from elman.checks import findings, refusal, shortened
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.data.running import RunningText
from elman.events import Listener, Notice
from elman.runs.configuration import RunConfig
from elman.runs.delimited import delimited
from elman.runs.folder import RunFolder
from elman.tasks.base import Task, TaskData


def checked(task: Task, data: TaskData, config: RunConfig, run: RunFolder, listener: Listener) -> TaskData:
    """Return the data with what is suspicious about it, and tell that: of many the first, and where all are.

    `elman describe` shows all of the same files; of a part that is held out only the run knows, in its log and report.

    Raises:
        DataError: something is, and the configuration says that this is not trained on.
    """
    given, parts = config.data, task.parts(data)
    found = findings(parts or _text(task, data, config))
    if not parts and config.reader.name == "text":
        found = [*delimited(given.train, task.config.name), *found]
    seen = refused = f"elman describe {' '.join(given.train)} --valid {' '.join(given.valid)}"
    if given.held_out:
        report = run.path / run.report_path.name  # where it comes to stand, also where another run is still there
        seen, refused = f"all are in {report}", "train without --strict, and all are in the report"
    if found and given.strict:
        raise refusal(found, refused)
    for text in shortened(found, seen):
        listener(Notice(text))
    return replace(data, findings=found)


def _text(task: Task, data: TaskData, config: RunConfig) -> RunningText:
    """Return the running text that a task reads. A list of texts is drawn from when some are held out, not cut."""
    reader = READERS.get(config.reader.name)(config.reader, names_of(task.fields(task.config)))
    train, share = reader.find(config.data.train), config.data.held_out
    valid = [] if share else reader.find(config.data.valid)
    at_the_end = 0.0 if task.config.by_line else share
    how = task.config.tokens_are
    return RunningText(lambda: reader.read(train), lambda: reader.read(valid), at_the_end, data.unknown, how)
