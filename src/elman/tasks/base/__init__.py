"""What a task promises, and what tasks of separate texts share."""

from elman.tasks.base.baselines import Baselines
from elman.tasks.base.data import DataFiles, Say, TaskData
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.task import Task
from elman.tasks.base.texts import TextTask
from elman.tasks.base.words import WordsTask
from elman.tasks.base.writes import WritingTask

__all__ = [
    "Baselines",
    "DataFiles",
    "ExampleTask",
    "Say",
    "Task",
    "TaskData",
    "TextTask",
    "WordsTask",
    "WritingTask",
]
