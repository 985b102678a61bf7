"""Tasks: the only place where data, model, heads, decoder and metrics meet, one a file."""

from elman.registry import Registry
from elman.tasks.base import Task

TASKS: Registry[Task] = Registry("elman.tasks", "Task", "task")
