"""Probabilities of all words at the leaves of a tree."""

import numpy as np

from elman.vectors.huffman import Paths


def log_probs(scores: np.ndarray, paths: Paths) -> np.ndarray:
    """Return log p of every word, (N, V).

        log p(w) = Σ_nodes log σ(± score_node), over the path of w; + to the left

    Args:
        scores: of each inner node, (N, V - 1).
        paths: of each word.
    """
    size = len(paths.starts) - 1
    if size == 1:
        return np.zeros((len(scores), 1), scores.dtype)
    steps = np.diff(paths.starts)
    depths = np.arange(len(paths.nodes)) - np.repeat(paths.starts[:-1], steps)
    # What an inner node is reached from, and on which side: the step before it on any path.
    parents, sides, levels = (np.zeros(size - 1, np.int64) for _ in range(3))
    later = np.flatnonzero(depths > 0)
    parents[paths.nodes[later]] = paths.nodes[later - 1]
    sides[paths.nodes[later]] = paths.left[later - 1]
    levels[paths.nodes] = depths
    taken = -np.logaddexp(0, np.stack([scores, -scores]))  # log p of going right, and of going left
    reached = np.zeros_like(scores)
    for level in range(1, int(levels.max(initial=0)) + 1):
        nodes = np.flatnonzero(levels == level)
        reached[:, nodes] = reached[:, parents[nodes]] + taken[sides[nodes], :, parents[nodes]].T
    last = paths.starts[1:] - 1
    ends = paths.nodes[last]
    found: np.ndarray = reached[:, ends] + taken[paths.left[last], :, ends].T
    return found
