"""What a task promises, and what tasks of separate texts share."""

from elman.tasks.base.reading import check_known, check_labels, settle_words
from elman.tasks.base.sentences import SentenceTask
from elman.tasks.base.task import DataFiles, Say, Task, TaskData

__all__ = ["DataFiles", "Say", "SentenceTask", "Task", "TaskData", "check_known", "check_labels", "settle_words"]
