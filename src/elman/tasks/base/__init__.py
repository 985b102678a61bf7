"""What a task promises, and what tasks of separate texts share."""

from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.reading import check_known, check_labels, cut_words, settle_words
from elman.tasks.base.task import DataFiles, Say, Task, TaskData

__all__ = [
    "DataFiles",
    "ExampleTask",
    "Say",
    "Task",
    "TaskData",
    "check_known",
    "check_labels",
    "cut_words",
    "settle_words",
]
