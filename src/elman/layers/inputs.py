"""A vector for each place of whatever is read."""

from elman.data.outlines import Frames, Outline, Tokens
from elman.errors import ConfigError
from elman.layers.frame_encoder import FrameEncoder
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig


def encoder_of(outline: Outline, config: WordEncoderConfig, word_dropout: float) -> WordEncoder | FrameEncoder:
    """Return what makes vectors of words, or takes frames as they are.

    Args:
        outline: of what is read.
        config: options of the model.
        word_dropout: probability that a word's own vector is 0 in a whole batch.

    Raises:
        ConfigError: it is neither, or frames with options of words.
    """
    if isinstance(outline, Tokens):
        return WordEncoder(outline, config, word_dropout)
    if not isinstance(outline, Frames):
        raise ConfigError(f"model.name: this model reads words or frames, not {type(outline).__name__.lower()}.")
    fields = WordEncoderConfig.model_fields
    changed = [key for key in fields if getattr(config, key) != type(config).model_fields[key].default]
    if word_dropout:
        changed.append("regularization.word_dropout")
    if changed:
        raise ConfigError(f"model.{changed[0]}: means nothing to frames, which are numbers already. Leave it out.")
    return FrameEncoder(outline)
