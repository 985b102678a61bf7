"""Counting: every n-gram of a text up to an order, as a tree whose levels are sorted."""

from collections.abc import Sequence
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from elman.native.counting import number, refine, sort_places, tally
from elman.ngram.parallel import in_order
from elman.ngram.workspace import Workspace

_BITS = 64
_PLACES = 1 << 20
"""Places of the text that are sorted at a time: with node and word they fit into 64 bits, and into a cache."""


class Level(NamedTuple):
    """The n-grams of one order k, sorted by their first k - 1 words and then by the last.

    Args:
        words: (N) the last word.
        contexts: (N) which n-gram of order k - 1 the first words are; empty for order 1, whose n-grams are the words.
        links: (N) which n-gram of order k - 1 the last words are; empty for order 1.
        counts: (N) how often the n-gram occurs.
    """

    words: np.ndarray
    contexts: np.ndarray
    links: np.ndarray
    counts: np.ndarray


class _Part(NamedTuple):
    """Places that are sorted by the (k - 1)-grams there, sizes[i] of them for (k - 1)-gram first + i."""

    places: np.ndarray
    sizes: np.ndarray
    first: int


class _Stretch(NamedTuple):
    """Some n-grams of one order and the places of the text where they start, all in their order, in some room."""

    places: np.ndarray
    level: Level
    room: np.ndarray


class _Text(NamedTuple):
    """What is counted: (T) ids, what ends a line, and the node of the (k - 1)-gram that starts at each place."""

    ids: np.ndarray
    line_end: int | None
    nodes: np.ndarray


def count(
    ids: np.ndarray, size: int, order: int, line_end: int | None, work: Workspace, threads: int = 1
) -> list[Level]:
    """Count the n-grams of orders 1 to `order`.

    The places of a text are sorted by the word there, then those with equal words by the next word, and so on. Which
    n-gram starts at a place is known for each order in turn, so an n-gram without its first word is found by a look at
    the next place.

    Args:
        ids: the text, (T).
        size: V, how many ids there may be.
        order: the largest n, at least 1.
        line_end: the id that ends a line, if n-grams stay inside lines. It stands for the start of a line too, and so
            is only ever the first or the last word of an n-gram.
        work: where arrays lie.
        threads: that sort side by side.

    Returns:
        levels of order 1, 2, ...; fewer than asked for if no line has so many words.
    """
    first = 0 if line_end is None else 1
    padded = work.empty(len(ids) + first, np.uint32)
    padded[:first], padded[first:] = line_end or 0, ids
    ids = padded
    counts, places = tally(ids, size), work.empty(len(ids), np.uint32)
    sort_places(ids, counts, places)
    text, together = _Text(ids, line_end, ids), counts.copy()
    if line_end is not None:
        counts[line_end] -= 1  # the one that was put in front ends no line
    nothing = np.empty(0, np.uint32)
    levels = [Level(np.arange(size, dtype=np.uint32), nothing, nothing, counts)]
    for k in range(2, order + 1):
        level, places, nodes = _longer(text, _cut(places, together), k, work, threads)
        if not len(level.words):
            break
        levels.append(level)
        text, together = text._replace(nodes=nodes), level.counts
    return levels


def _longer(
    text: _Text, parts: Sequence[_Part], k: int, work: Workspace, threads: int
) -> tuple[Level, np.ndarray, np.ndarray]:
    """Return the n-grams of order k: their level, the places where they start, in order, and the node at each place."""
    writers = [work.writer(np.uint32, len(text.ids)) for _ in Level._fields]
    places, nodes = work.writer(np.uint32, len(text.ids)), work.empty(len(text.ids), np.uint32)
    # Room for as many stretches as are there at a time: to be given fresh memory for each takes longer than to sort it.
    rooms: SimpleQueue[np.ndarray] = SimpleQueue()
    for _ in range(threads + 1):
        rooms.put(np.empty((5, max((len(part.places) for part in parts), default=0)), np.uint32))
    for found in in_order(lambda part: _sort(text, part, k, rooms.get()), parts, threads):
        number(found.places, found.level.counts, writers[0].size, nodes)
        places.append(found.places)
        for writer, values in zip(writers, found.level, strict=True):
            writer.append(values)
        rooms.put(found.room)
    return Level(*(writer.finish() for writer in writers)), places.finish(), nodes


def _cut(places: np.ndarray, together: np.ndarray) -> list[_Part]:
    """Return stretches of sorted places; `together` says how many of them, in turn, share a node and stay together."""
    stops = np.cumsum(together, dtype=np.int64)
    wanted = np.arange(_PLACES, len(places) + _PLACES, _PLACES).clip(max=len(places))
    parts, start, first = [], 0, 0
    for last in np.unique(np.searchsorted(stops, wanted)).tolist():
        parts.append(_Part(places[start : stops[last]], together[first : last + 1], first))
        start, first = int(stops[last]), last + 1
    return parts


def _sort(text: _Text, part: _Part, k: int, room: np.ndarray) -> _Stretch:
    """Return the k-grams that start at places which are sorted by their (k - 1)-grams."""
    sizes = refine(text.ids, text.nodes, *part, k, text.line_end, room)
    if sizes is not None:
        return _Stretch(room[0, : sizes[0]], Level(*room[1:, : sizes[1]]), room)
    places = part.places
    places = places[places < len(text.ids) - (k - 1)]
    if text.line_end is not None and k > 2:
        places = places[text.ids[places + np.uint32(k - 2)] != text.line_end]
    nodes, words = text.nodes[places], text.ids[places + np.uint32(k - 1)]
    order, firsts = _sorted_pairs(nodes, words)
    places = places[order]
    at = order[firsts]
    counts = np.diff(firsts, append=len(order)).astype(np.uint32)
    links = text.nodes[places[firsts] + np.uint32(1)]
    return _Stretch(places, Level(words[at], nodes[at], links, counts), room)


def _sorted_pairs(nodes: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order that sorts pairs, equal ones as they come, and where each different pair begins in it."""
    if not len(nodes):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    least = nodes.min()
    bits = [int(most).bit_length() for most in (nodes.max() - least, words.max(), len(nodes) - 1)]
    if sum(bits) > _BITS:
        order = np.lexsort((words, nodes))
        pairs = np.stack([nodes[order], words[order]])
        differ = (pairs[:, 1:] != pairs[:, :-1]).any(0)
    else:
        # Node, word and place in one number: sorting numbers is several times faster than sorting indices.
        packed = (nodes - least).astype(np.uint64) << np.uint64(bits[1]) | words
        packed = packed << np.uint64(bits[2]) | np.arange(len(nodes), dtype=np.uint64)
        packed.sort()
        order = (packed & np.uint64((1 << bits[2]) - 1)).astype(np.int64)
        packed >>= np.uint64(bits[2])
        differ = packed[1:] != packed[:-1]
    return order, np.concatenate([[0], np.flatnonzero(differ) + 1])
