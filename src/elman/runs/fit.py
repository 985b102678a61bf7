"""Whether a model is made for the data and the answers of a task."""

from typing import Any

from elman.config import Settings
from elman.errors import ConfigError
from elman.models import MODELS


def check_fit(settings: Settings, model: Any, task: Any, config: Any) -> None:
    """Refuse a model that is made for other data than the task has, or for other answers.

    Raises:
        ConfigError: it is; the message names those that would do.
    """
    if _fits(model, task, config):
        return
    if getattr(config, "copying", False) and _fits(model, task, config.model_copy(update={"copying": False})):
        origin = settings.place("task", "copying")
        raise ConfigError(
            f"{origin}model {settings.get('model.name')} copies nothing: got true. Leave it out, or take "
            "model encoder_decoder."
        )
    able = [name for name in MODELS.names() if _fits(MODELS.get(name), task, config)]
    read = " or ".join(", ".join(fields) for fields in model.reads)
    has = f"reads {read} and predicts {' or '.join(model.predicts)}"
    expected = f"task {config.name} has {', '.join(task.reads(config))} and wants {' and '.join(task.heads(config))}"
    origin, name = settings.origin("model.name"), settings.get("model.name")
    raise ConfigError(f"{origin}{name} {has}; {expected}. Choose one of: {', '.join(able)}.")


def _fits(model: Any, task: Any, config: Any) -> bool:
    return bool(model.suits(task.reads(config), task.heads(config)))
