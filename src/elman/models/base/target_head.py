"""The head that writes targets, by what a decoder and a task need of it."""

from collections.abc import Mapping
from typing import Any

from elman.data.outlines import Outline, Tokens
from elman.errors import ConfigError
from elman.heads.marginal import MarginalHead
from elman.heads.pointer import PointerHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.attention import SCORES
from elman.steps.base import DEFAULT_SCORE, Decoder

_MOST = 1000
"""Classes of which a softmax at each place of a source is affordable: those of characters are."""


def target_head(
    decoder: Decoder, reads: Mapping[str, Outline], target: Tokens, config: Any, beside: int
) -> SoftmaxHead:
    """Return the softmax, one that copies beside it, or one at each place of the source.

    Args:
        decoder: what stands below it.
        reads: what is told of the fields that the model reads; of `copies`, if targets may copy.
        target: the tokens.
        config: options of the model.
        beside: numbers that what copies reads beside the output of the decoder.

    Raises:
        ConfigError: what is asked for does not go together.
    """
    copies = "copies" in reads
    if decoder.sums_over_places:
        if copies:
            raise ConfigError(
                f"task.copying: decoder {config.decoder} writes from one place and copies none. Take decoder unfed."
            )
        if len(target) > _MOST:
            raise ConfigError(
                f"model.decoder: {config.decoder} has a softmax at each place of the source: got {len(target):,} "
                f"tokens, expected at most {_MOST:,}. Set task.level = character, or take decoder unfed."
            )
        return MarginalHead(decoder.output_size, target, config)
    if not copies:
        return SoftmaxHead(decoder.output_size, target, config)
    if not config.looks:
        raise ConfigError(
            f"task.copying: decoder {config.decoder} looks at no place of the source, so that nothing can be copied. "
            "Take another model.decoder, such as unfed."
        )
    if not SCORES.get(config.attention or DEFAULT_SCORE).sums_to_one:
        raise ConfigError(
            f"task.copying: weights of attention {config.attention} do not sum to 1, and what is copied needs "
            "probabilities. Take another model.attention."
        )
    return PointerHead(decoder.output_size, target, config, beside)
