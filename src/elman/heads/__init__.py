"""Heads: from hidden states to losses and predictions, one a file."""

from typing import TYPE_CHECKING

from pydantic import Field

from elman.config import Config
from elman.data.outlines import Classes, Numbers
from elman.errors import ConfigError
from elman.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elman.data.outlines import Outline
    from elman.heads.base import Head

HEADS: "Registry[Head]" = Registry("elman.heads", "Head", "head")


class AnswerConfig(Config):
    """Options of what a text is answered with, for every model that gives it a label."""

    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="ε, the share of each label that training spreads over all labels (Szegedy)."
    )


def answering(answers: "Mapping[str, Outline]", width: int, config: AnswerConfig) -> "dict[str, Head]":
    """Return the head for each answer that a task wants, by its name: what suits one class, several, or a number.

    Args:
        answers: what is wanted.
        width: of the vector that is answered from.
        config: options of the model.

    Raises:
        ConfigError: an option that means nothing to such an answer.
    """
    return {name: _head(outline, width, config) for name, outline in answers.items()}


def _head(outline: "Outline", width: int, config: AnswerConfig) -> "Head":
    if isinstance(outline, Classes) and not outline.several:
        kind = HEADS.get("softmax")
        options = kind.Config.model_validate(config.model_dump(include={"label_smoothing"}))
        return kind(width, outline, options)
    graded = isinstance(outline, Numbers)
    if config.label_smoothing:
        raise ConfigError(
            f"model.label_smoothing: got {config.label_smoothing:g}, expected 0: it spreads the one label of a text "
            f"over all labels, and this model predicts {'a score' if graded else 'several'}. Leave it out."
        )
    return HEADS.get("graded" if graded else "sigmoid")(width, outline)
