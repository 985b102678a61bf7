"""What is refused because the sections of a configuration do not go together: format, metrics, model, rewards."""

from collections.abc import Sequence
from typing import Any

from elman.config import Settings
from elman.data.fields import Field, names_of
from elman.data.readers import READERS, formats
from elman.errors import ConfigError
from elman.evaluation.further import misfits
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base.protocols import Rewarding


def check_reader(settings: Settings, fields: Sequence[Field]) -> None:
    """Refuse a file format that cannot hold what the task reads.

    Raises:
        ConfigError: it cannot; the message names those that can.
    """
    name = str(settings.get("reader.name", "text"))
    kind = READERS.get(name)
    if not kind.gives(fields):
        lacking = [field for field in fields if field.kind not in kind.holds] or fields
        raise ConfigError(
            f"{settings.origin('reader.name')}{name} cannot hold {', '.join(names_of(lacking))}, which task "
            f"{settings.get('task.name')} reads. Choose one of: {', '.join(formats(fields))}."
        )


def check_metrics(settings: Settings, task: Any, config: Any) -> None:
    """Refuse further metrics that the task cannot feed.

    Raises:
        ConfigError: there are some; the message names those that it can.
    """
    wrong = misfits(config.metrics, config.select, task.heads(config), config.name)
    if wrong:
        raise ConfigError(*(f"{settings.place('task', key)}{line}" for key, line in wrong.items()))


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


def check_reward(settings: Settings, model: Any, task: Any) -> None:
    """Refuse a model that learns from rewards where the task has none.

    Raises:
        ConfigError: it has none.
    """
    if model.rewarded and not issubclass(task, Rewarding):
        able = [name for name in TASKS.names() if issubclass(TASKS.get(name), Rewarding)]
        where = settings.place("model", model.rewarded)
        raise ConfigError(
            f"{where}{getattr(model, model.rewarded)} learns from how good texts are: got task "
            f"{settings.get('task.name')}, which does not say it, expected {' or '.join(able)}."
        )


def _fits(model: Any, task: Any, config: Any) -> bool:
    return bool(model.suits(task.reads(config), task.heads(config)))
