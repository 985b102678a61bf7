"""Training: from a task and its data to a run folder. Knows only the Task contract."""
