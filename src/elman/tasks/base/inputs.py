"""Coders of what examples give, learned from a training part or loaded."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from elman.coders.base import Coder
from elman.coders.frames import FramesCoder
from elman.coders.words import WordsCoder
from elman.data.fields import Field, Kind
from elman.data.readers import formats, likeness
from elman.data.sources import refuse_pipes
from elman.errors import ConfigError
from elman.features.base import Extraction
from elman.tasks.base.framing import FRAMES
from elman.tasks.base.reading import by_place
from elman.text.cutting import CHARACTERS
from elman.text.spelling import Spelling
from elman.vectors.formats import read_vectors

TEXT, SERIES = Field("text", Kind.TEXT), Field(FRAMES, Kind.FRAMES)
"""What an example of each gives."""

_OF_WORDS = ("lowercase", "digits", "min_count", "unknown_rate", "vectors")


def learn_inputs(config: Any, given: Iterable[tuple[str, Sequence[Any]]], reads: Sequence[str]) -> tuple[Any, Coder]:
    """Return the options with files by their full path, and the coder of what the examples of a training part give.

    Args:
        config: the `[task]` section.
        given: where each example stands, and what it gives.
        reads: the fields that this becomes.

    Raises:
        ConfigError: options of words, where there are none.
    """
    if FRAMES in reads:
        changed = [key for key in _OF_WORDS if getattr(config, key) != type(config).model_fields[key].default]
        if changed:
            raise ConfigError(f"task.{changed[0]}: means nothing to series of numbers. Leave it out.")
        examples = list(given)
        scale = Extraction(config.features, config.feature_options).scale
        return config, FramesCoder.learn((values[0] for _, values in examples), examples[0][0], scale)
    vectors = None
    if config.vectors:
        config = config.model_copy(update={"vectors": str(Path(config.vectors).absolute())})
        refuse_pipes([Path(config.vectors)])  # who goes on reads it again
        vectors = read_vectors(Path(config.vectors))
    spelling = Spelling(config.lowercase, config.digits)
    learned = WordsCoder.learn(
        by_place(given), spelling, config.min_count, config.unknown_rate, vectors, config.vectors, _unit(config)
    )
    return config, learned


def looks_like_series(name: str, answer: Field) -> bool:
    """Say whether a file looks like series, and not more like texts, with answers of some kind."""
    both = ((one, answer) for one in (SERIES, TEXT))
    series, texts = (max(likeness(name, fields, formats(fields)).values()) for fields in both)
    return 0 < series >= texts


def load_inputs(config: Any, folder: Path, reads: Sequence[str]) -> Coder:
    """Return the coder that a folder holds."""
    if FRAMES in reads:
        return FramesCoder.load(folder)
    return WordsCoder.load(folder, Spelling(config.lowercase, config.digits), config.unknown_rate, _unit(config))


def _unit(config: Any) -> str:
    """Return what a task reads texts by, in the plural; taggers do not say."""
    return CHARACTERS if getattr(config, "words", "") == CHARACTERS else "words"
