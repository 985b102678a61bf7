"""Huffman codes of words: the shortest paths in a tree on average."""

from typing import NamedTuple

import numpy as np


class Paths(NamedTuple):
    """The path of each word from the root of a binary tree, one behind the other.

    Args:
        starts: where each begins, and where the last ends, (V + 1,) int64.
        nodes: the inner nodes that a path meets, the root first; the root is V - 2, uint32.
        left: whether it goes left there, uint8: the lighter side.
    """

    starts: np.ndarray
    nodes: np.ndarray
    left: np.ndarray


def huffman(counts: np.ndarray) -> Paths:
    """Return the paths of a Huffman tree over words that are sorted, the most frequent first.

    Inner node n is the n-th that is made, of the two lightest trees that are there, a word before an inner node of
    equal weight. A single word has an empty path.

    Args:
        counts: of each word, (V,), falling.

    Source: Huffman (1952), A method for the construction of minimum-redundancy codes; in linear time with two queues as
    in van Leeuwen (1976).
    """
    size = len(counts)
    weights = [int(count) for count in counts] + [0] * max(0, size - 1)
    parent, is_left = [0] * len(weights), [0] * len(weights)
    word, inner = size - 1, size
    for made in range(size, len(weights)):
        for side in (1, 0):
            if word >= 0 and (inner >= made or weights[word] <= weights[inner]):
                chosen, word = word, word - 1
            else:
                chosen, inner = inner, inner + 1
            parent[chosen], is_left[chosen] = made, side
            weights[made] += weights[chosen]
    starts, nodes, left = [0], [], []
    for leaf in range(size):
        path, sides, here = [], [], leaf
        while here != len(weights) - 1:
            sides.append(is_left[here])
            here = parent[here]
            path.append(here - size)
        nodes += path[::-1]
        left += sides[::-1]
        starts.append(len(nodes))
    return Paths(np.array(starts, np.int64), np.array(nodes, np.uint32), np.array(left, np.uint8))
