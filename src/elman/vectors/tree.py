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
    left, right = -np.logaddexp(0, -scores), -np.logaddexp(0, scores)
    found = np.zeros((len(scores), size))
    for word in range(size):
        path = slice(paths.starts[word], paths.starts[word + 1])
        nodes, sides = paths.nodes[path], paths.left[path].astype(bool)
        found[:, word] = left[:, nodes[sides]].sum(1) + right[:, nodes[~sides]].sum(1)
    return found
