"""A vector for each place of whatever is read."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from elman.config import Config
from elman.data.outlines import Frames, Outline, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.film_encoder import FilmEncoder
from elman.layers.frame_encoder import FrameEncoder, FrameEncoderConfig
from elman.layers.frame_steps import FrameSteps
from elman.layers.picture_convolutions import USUAL
from elman.layers.picture_encoder import PictureEncoder
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig
from elman.moment import Noise


class InputConfig(WordEncoderConfig, FrameEncoderConfig):
    """Options of models that read words or frames."""


def encoder_of(outline: Outline, config: InputConfig, word_dropout: float) -> WordEncoder | FrameSteps:
    """Return what makes vectors of words, or steps of frames.

    Args:
        outline: of what is read.
        config: options of the model.
        word_dropout: probability that a word's own vector is 0 in a whole batch.

    Raises:
        ConfigError: it is neither; or options of the one are given, and it is the other.
    """
    if isinstance(outline, Tokens):
        _refuse(_changed(config, FrameEncoderConfig), "words, which are no frames")
        return WordEncoder(outline, config, word_dropout)
    if not isinstance(outline, Frames):
        raise ConfigError(f"model.name: this model reads words or frames, not {type(outline).__name__.lower()}.")
    dropped = ["regularization.word_dropout"] if word_dropout else []
    _refuse([*_changed(config, WordEncoderConfig), *dropped], "frames, which are numbers already")
    return frame_steps(outline, config)


def frame_steps(outline: Frames, config: FrameEncoderConfig, size: int = 0) -> FrameSteps:
    """Return what makes steps of frames: places of a picture, pictures of a film, or frames as they are.

    Args:
        outline: of a frame: what is made of it follows from its shape.
        config: options of frames.
        size: numbers of a place of a picture; 0 takes as many as its last convolution has filters.

    Raises:
        ConfigError: frames are to be read together that are rows of a picture, or pictures.
    """
    if len(outline.shape) == 1:
        return FrameEncoder(outline, config)
    what = "rows of a picture" if len(outline.shape) == 2 else "pictures of a film"
    _refuse(
        [key for key in ("stack", "stride") if getattr(config, key) != FrameEncoderConfig.model_fields[key].default],
        what,
    )
    if len(outline.shape) == 2:
        return PictureEncoder(outline, config, size or (config.convolutions or USUAL)[-1])
    return FilmEncoder(outline, config)


def _changed(config: InputConfig, kind: type[Config]) -> list[str]:
    """Return the options of one kind that are not as usual."""
    return [key for key in kind.model_fields if getattr(config, key) != type(config).model_fields[key].default]


def _refuse(changed: Sequence[str], what: str) -> None:
    if changed:
        raise ConfigError(f"model.{changed[0]}: means nothing to {what}. Leave it out.")


def read(encoder: WordEncoder | FrameSteps, batch: Batch, name: str, noise: Noise | None) -> Padded:
    """Return the vectors of a field of a batch, and how many of them are real.

    Args:
        encoder: of the field.
        batch: of tensors.
        name: of the field.
        noise: of a training step, or None.
    """
    field = batch.fields[name]
    return (
        encoder(field, noise) if isinstance(encoder, FrameSteps) else Padded(encoder(batch, name, noise), field.lengths)
    )


def steps_of(encoder: nn.Module, field: Padded) -> Padded:
    """Return as many vectors as an encoder makes of words or frames, without what they are."""
    return encoder.steps(field) if isinstance(encoder, FrameSteps) else field


def lengths_of(encoder: nn.Module, counts: Any) -> Any:
    """Return how many vectors an encoder makes of so many words or frames."""
    return encoder.lengths(counts) if isinstance(encoder, FrameSteps) else counts
