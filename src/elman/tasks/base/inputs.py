"""Coders of what examples give, learned from a training part or loaded."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from elman.coders.base import Coder
from elman.coders.words import WordsCoder
from elman.tasks.base.reading import by_place
from elman.text.spelling import Spelling
from elman.vectors.formats import read_vectors


def learn_inputs(config: Any, given: Iterable[tuple[str, Sequence[Any]]], reads: Sequence[str]) -> tuple[Any, Coder]:
    """Return the options with files by their full path, and the coder of what the examples of a training part give.

    Args:
        config: the `[task]` section.
        given: where each example stands, and what it gives.
        reads: the fields that this becomes.
    """
    vectors = None
    if config.vectors:
        config = config.model_copy(update={"vectors": str(Path(config.vectors).absolute())})
        vectors = read_vectors(Path(config.vectors))
    spelling = Spelling(config.lowercase, config.digits)
    learned = WordsCoder.learn(
        by_place(given), spelling, config.min_count, config.unknown_rate, vectors, config.vectors
    )
    return config, learned


def load_inputs(config: Any, folder: Path, reads: Sequence[str]) -> Coder:
    """Return the coder that a folder holds."""
    return WordsCoder.load(folder, Spelling(config.lowercase, config.digits))
