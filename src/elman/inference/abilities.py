"""What to tell of a run whose task lacks a verb: which tasks have it, by the verbs that each names."""

from collections.abc import Mapping, Sequence

from elman.tasks import TASKS
from elman.tasks.base import Task

_DONE_AS: Mapping[str, Sequence[str]] = {"score": ("score", "targets"), "generate": ("generate", "drawings", "rolls")}
"""What a command asks of a task where it can do it in several ways; of others, its own name."""

_MADE: Mapping[str, str] = {
    "drawings": "Its drawings: elman.inference.drawing.drawings(model)",
    "rolls": "Its music: elman.inference.playing.pieces(model)",
    "targets": "Its targets: elman.inference.scoring.score_targets(model.task, model.ready, examples)",
}
"""Where what is made or scored is found that is no text alone."""


_CALLED: Mapping[str, str] = {"mixture": "likelihood of running text"}
"""Verbs in the words of a message, where these are others."""


def lacking(task: Task, verb: str) -> str:
    """Return in a sentence that a task has no verb, and which tasks have it."""
    able = [repr(name) for name in TASKS.names() if _has(TASKS.get(name), verb)]
    named = " or ".join(filter(None, [", ".join(able[:-1]), *able[-1:]]))
    without = f"task {task.config.name!r} has no {_CALLED.get(verb, verb)}"
    if _has(type(task), verb):  # on the command line: there, drawings and music are generated too
        return f"{without} of text. {next(told for made, told in _MADE.items() if made in task.verbs)}"
    return f"{without}; a run of task {named} has."


def _has(task: type[Task], verb: str) -> bool:
    return any(one in task.verbs for one in _DONE_AS.get(verb, (verb,)))
