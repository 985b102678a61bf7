"""Where a model looked when it wrote: a matrix of target, or points of a pen, against source."""

from collections.abc import Sequence

import numpy as np

from elman.evaluation.details import Looked

_MOST_POINTS = 40
_MOST_PLACES = 40
_SEEN = 0.05


def looked(source: Sequence[str], target: Sequence[str], weights: np.ndarray, title: str) -> Looked:
    """Return how much each token of a source was looked at for each token of its target.

    Args:
        source: its tokens, the end included.
        target: its tokens, the end included.
        weights: (U, T), each row a share of 1.
        title: what is shown.
    """
    rows: list[list[str | int | float]] = [
        [visible(token), *map(float, row)] for token, row in zip(target, weights, strict=True)
    ]
    return Looked(title, ["", *map(visible, source)], rows)


def stood(text: str, weights: np.ndarray) -> Looked:
    """Return where a window over a text stood at points of what was written, some of many.

    Args:
        text: its characters.
        weights: how much it let through of each at each point, (T, U); shown is its share of what it let through.
    """
    some = np.linspace(0, len(weights) - 1, min(len(weights), _MOST_POINTS)).round().astype(int)
    shares = weights[some] / np.maximum(weights[some].sum(1, keepdims=True), np.finfo(np.float32).tiny)
    rows: list[list[str | int | float]] = [
        [visible(letter), *map(float, row)] for letter, row in zip(text, shares.T, strict=True)
    ]
    columns = ["", *(str(point + 1) for point in some.tolist())]
    return Looked(f"The window over {text!r}", columns, rows, "points", "text")


def stood_over_time(title: str, weights: np.ndarray) -> Looked:
    """Return at which places of a memory something stood at each step; places that nobody came to are left out.

    Args:
        title: what stood there.
        weights: from 0 to 1, (T, N).
    """
    places = np.flatnonzero(weights.max(0) >= _SEEN)[:_MOST_PLACES]
    rows: list[list[str | int | float]] = [
        [str(place + 1), *map(float, weights[:, place])] for place in places.tolist()
    ]
    columns = ["", *map(str, range(1, len(weights) + 1))]
    return Looked(title, columns, rows, "steps", "place of the memory")


def visible(token: str) -> str:
    """Return a token with its blanks and line ends as marks, since there would be nothing to see."""
    return token.replace(" ", "␣").replace("\n", "↵")


def links(weights: np.ndarray, ended: bool, first: int = 0, source_ends: bool = True) -> list[tuple[int, int]]:
    """Return which place of the source each place of the target looked at most, both from 0, ends left out.

    Args:
        weights: (U, T), the end of the source included, if it has one. What looked at that most has no link.
        ended: whether the last row is that of the end of the target.
        first: the place in the target of the first row.
        source_ends: whether the last place is the end of the source.
    """
    rows = enumerate(weights[: len(weights) - ended], first)
    return [(int(row.argmax()), place) for place, row in rows if row.argmax() < len(row) - source_ends]


def hops(story: Sequence[str], weights: np.ndarray, title: str) -> Looked:
    """Return how much each hop looked at each sentence of a story.

    Args:
        story: its sentences.
        weights: (K, M).
        title: the question and its answer.
    """
    rows: list[list[str | int | float]] = [
        [sentence, *map(float, row)] for sentence, row in zip(story, weights.T, strict=True)
    ]
    return Looked(title, ["", *(str(hop + 1) for hop in range(len(weights)))], rows, "hops", "story")
