"""A map of words: those that occur alike are near each other."""

from elman.evaluation.details import WordMap
from elman.vectors.layout import tsne
from elman.vectors.lexicon import Lexicon

_MAPPED = 160


def word_map(words: Lexicon) -> WordMap:
    """Return a map of some frequent words."""
    chosen = words.telling(_MAPPED)
    points = tsne(words.vectors[chosen]).tolist()
    rows: list[list[str | int | float]] = [
        [words.vocabulary.tokens[word], *point] for word, point in zip(chosen, points, strict=True)
    ]
    return WordMap("Map: words that occur alike are near each other", ["word", "across", "up"], rows)
