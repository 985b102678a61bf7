"""Probabilities at the leaves of a tree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.vectors.huffman import huffman
from elman.vectors.tree import log_probs


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=40), st.sampled_from([0.1, 3.0, 50.0]))
def test_they_sum_to_one(counts, scale):
    scores = np.random.default_rng(1).normal(size=(3, len(counts) - 1)) * scale
    found = log_probs(scores, huffman(np.sort(counts)[::-1]))
    assert found.shape == (3, len(counts))
    np.testing.assert_allclose(np.exp(found).sum(1), 1, rtol=1e-12)


def test_each_is_the_product_of_the_steps_on_its_path():
    paths = huffman(np.array([40, 20, 20, 9, 5, 5, 1]))
    scores = np.random.default_rng(2).normal(size=(2, 6))
    found = log_probs(scores, paths)
    for row in range(2):
        for word in range(7):
            p = 1.0
            for k in range(paths.starts[word], paths.starts[word + 1]):
                to_the_left = 1 / (1 + np.exp(-scores[row, paths.nodes[k]]))
                p *= to_the_left if paths.left[k] else 1 - to_the_left
            assert found[row, word] == pytest.approx(np.log(p), rel=1e-12)


def test_large_scores_stay_finite():
    found = log_probs(np.array([[-800.0]]), huffman(np.array([2, 1])))
    assert found.tolist() == [[0, -800]]
