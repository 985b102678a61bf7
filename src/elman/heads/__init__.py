"""Heads: from hidden states to losses and predictions, one a file."""

from typing import TYPE_CHECKING

from pydantic import Field

from elman.config import Config
from elman.errors import ConfigError
from elman.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elman.heads.base import Head

HEADS: "Registry[Head]" = Registry("elman.heads", "Head", "head")

ANSWERS = {"label": "softmax", "labels": "sigmoid", "score": "graded"}
"""The head for each thing that a text or a pair can be asked for."""


class AnswerConfig(Config):
    """Options of what a text is answered with, for every model that gives it a label."""

    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="ε, the share of each label that training spreads over all labels (Szegedy)."
    )


def answering(sizes: "Mapping[str, int]", width: int, config: AnswerConfig) -> "dict[str, Head]":
    """Return the head for the one answer that a task wants, by its name.

    Args:
        sizes: of a model; one of `ANSWERS` is among them.
        width: of the vector that is answered from.
        config: options of the model.

    Raises:
        ConfigError: an option that means nothing to this answer.
    """
    name = next(name for name in ANSWERS if name in sizes)
    kind = HEADS.get(ANSWERS[name])
    if name == "label":
        return {
            name: kind(width, sizes[name], kind.Config.model_validate(config.model_dump(include={"label_smoothing"})))
        }
    if config.label_smoothing:
        raise ConfigError(
            f"model.label_smoothing: got {config.label_smoothing:g}, expected 0: it spreads the one label of a text "
            f"over all labels, and this model predicts {'a score' if name == 'score' else 'several'}. Leave it out."
        )
    return {name: kind(width, sizes[name])}
