"""What the training files say about task and format, decided before anything is read."""

from typing import Any

from elman.config import Settings
from elman.data.readers import READERS, UnrecognizedError, formats, likeness, recognize
from elman.runs.configuration import named
from elman.runs.mistaken import pointed, refuse_mistaken
from elman.tasks import TASKS


def recognized(settings: Settings) -> list[str]:
    """Decide what the training files say about task and format, and return what to tell the user about it.

    Args:
        settings: those that are given; what is decided is added.

    Raises:
        DataError: the first file is not there, empty, nothing that the task can read, or good for another task.
    """
    task = named(TASKS, settings, "task.name", "lm")
    names = settings.get("data.train")
    if not isinstance(names, list) or not names or settings.mistakes("task", task.Config):
        return []  # the configuration is wrong, and will be refused with everything that is wrong with it
    given = settings.get("reader", {})
    options = given if isinstance(given, dict) else {}
    config: Any = task.settle(settings.build("task", task.Config), names, options)
    for key, value in config.model_dump(exclude_unset=True).items():
        settings.set(f"task.{key}", value, settings.origin(f"task.{key}").removesuffix(": "))
    if settings.get("model.name") is None and task.usual_model(config) != task.default_model:
        settings.set("model.name", task.usual_model(config))
    if settings.get("reader.name") is not None:
        if settings.get("data.named") is None:
            settings.set("data.named", True)
        return _levels(settings, task) if settings.get("reader.name") in READERS.names() else []
    able = [one for one in formats(task.fields(config)) if not READERS.get(one).named_only]
    asked = formats(task.fields(config), options)
    likely = any(likeness(names[0], task.fields(config), asked).values())
    try:
        name = recognize(names, task.fields(config), asked if likely else able)
    except UnrecognizedError as error:
        raise pointed(error, names, task.fields(config)) from error
    refuse_mistaken(names, task.fields(config), name, options)
    settings.set("reader.name", name)
    said = [f"format: {name}, guessed; --set reader.name=NAME decides it: {', '.join(able)}"] if len(able) > 1 else []
    return [*said, *_levels(settings, task)]


def _levels(settings: Settings, task: Any) -> list[str]:
    """Decide what a token is, where the format says it and nobody else does; return what to tell about it."""
    name = str(settings.get("reader.name"))
    levels = READERS.get(name).levels
    others = (*levels, "copying", "joint")  # which say what tokens have to be
    known = levels.keys() <= task.Config.model_fields.keys()
    if not levels or not known or any(settings.get(f"task.{key}") for key in others):
        return []
    for key, level in levels.items():
        settings.set(f"task.{key}", level)
    shown = ", ".join(f"task.{key}={level}" for key, level in levels.items())
    return [f"level: {shown}, as {name} has it; --set task.{next(iter(levels))}=NAME decides it"]
