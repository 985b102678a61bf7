"""Coders of what examples give, learned from a training part or loaded."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from elman.coders.base import Coder
from elman.coders.frames import FramesCoder
from elman.coders.words import WordsCoder
from elman.data.fields import Field, Kind
from elman.data.readers import formats, likeness
from elman.data.records import Example
from elman.data.sources import refuse_pipes
from elman.features.base import Extraction
from elman.tasks.base.framing import FRAMES
from elman.tasks.base.reading import by_place
from elman.text.cutting import CHARACTERS
from elman.text.spelling import Spelling
from elman.vectors.formats import read_vectors

TEXT, SERIES = Field("text", Kind.TEXT), Field(FRAMES, Kind.FRAMES)
"""What an example of each gives."""

_SURE = 2


def learn_inputs(config: Any, given: Iterable[tuple[str, Sequence[Any]]], reads: Sequence[str]) -> tuple[Any, Coder]:
    """Return the options with files by their full path, and the coder of what the examples of a training part give.

    Args:
        config: the `[task]` section.
        given: where each example stands, and what it gives.
        reads: the fields that this becomes.

    """
    if FRAMES in reads:
        return config, _learned(config, ((where, values[0]) for where, values in given))
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


def learn_frames(config: Any, examples: Sequence[Example]) -> FramesCoder:
    """Return the coder of the frames of examples, of which as much is read as the options of the task say."""
    return _learned(config, ((one.where, one.fields[FRAMES][: config.longest]) for one in examples))


def _learned(config: Any, frames: Iterable[tuple[str, Any]]) -> FramesCoder:
    every, extraction = list(frames), Extraction(config.features, config.feature_options)
    learned = FramesCoder.learn((one for _, one in every), every[0][0], extraction.scale)
    return learned.shaped(extraction.shape)


def looks_like_series(
    name: str, answer: Field, options: Mapping[str, Any] | None, text: Field = TEXT, sure: int = _SURE
) -> bool:
    """Say whether a file looks like series, and not more like texts, with answers of some kind.

    Args:
        name: of the file.
        answer: the field of the answers.
        options: of the reader, as given: a name or an option that only formats of the one kind have decides it.
        text: what is read where it is no series.
        sure: how much it has to look like one, where nothing is given.
    """
    both = [(one, answer) for one in (SERIES, text)]
    if options:
        of_series, of_texts = (formats(fields, options) for fields in both)
        if not (of_series and of_texts):
            return bool(of_series)
        return _likeliest(name, both[0], of_series) > _likeliest(name, both[1], of_texts)
    return sure <= _likeliest(name, both[0], formats(both[0])) >= _likeliest(name, both[1], formats(both[1]))


def _likeliest(name: str, fields: Sequence[Field], able: Sequence[str]) -> int:
    return max(likeness(name, fields, able).values())


def load_inputs(config: Any, folder: Path, reads: Sequence[str]) -> Coder:
    """Return the coder that a folder holds."""
    if FRAMES in reads:
        return FramesCoder.load(folder)
    return WordsCoder.load(folder, Spelling(config.lowercase, config.digits), config.unknown_rate, _unit(config))


def _unit(config: Any) -> str:
    """Return what a task reads texts by, in the plural; taggers do not say."""
    return CHARACTERS if getattr(config, "words", "") == CHARACTERS else "words"
