"""Vectors on a page."""

import numpy as np
import pytest

from elman.vectors.layout import _affinities, _squares, tsne


def clusters(each=12, spread=0.05):
    rng = np.random.default_rng(0)
    centers = np.repeat(np.eye(3, 8), each, axis=0)
    return centers + spread * rng.normal(size=centers.shape), np.repeat(range(3), each)


def test_clusters_stay_apart():
    vectors, of = clusters()
    points = tsne(vectors, perplexity=8)
    assert points.shape == (36, 2)
    distances = np.sqrt(_squares(points))
    same = of[:, None] == of
    assert distances[same].max() < distances[~same].min()


def test_the_length_of_a_vector_says_nothing():
    vectors, _ = clusters(each=4)
    lengths = np.exp2(np.arange(12.0) % 5)[:, None]  # exact factors
    np.testing.assert_array_equal(tsne(vectors), tsne(vectors * lengths))


@pytest.mark.parametrize("perplexity", [2.0, 8.0, 30.0])
def test_each_row_has_as_many_neighbours_as_asked_for(perplexity):
    shares = _affinities(_squares(np.random.default_rng(1).normal(size=(40, 5))), perplexity)
    np.testing.assert_allclose(shares.sum(1), 1)
    assert (np.diag(shares) == 0).all()
    entropy = -np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0).sum(1)
    np.testing.assert_allclose(entropy, np.log(perplexity), atol=1e-9)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4])
def test_few_vectors_have_points_too(size):
    points = tsne(np.eye(size, 5, dtype=np.float32))
    assert points.shape == (size, 2)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == size


def test_equal_vectors_zeros_and_one_dimension_are_laid_out():
    for vectors in (np.ones((9, 4)), np.zeros((9, 4)), np.arange(-4.0, 5)[:, None]):
        assert np.isfinite(tsne(vectors)).all()


def test_the_same_is_laid_out_the_same():
    vectors, _ = clusters(each=5)
    assert (tsne(vectors) == tsne(vectors)).all()
    assert (tsne(vectors, seed=1) != tsne(vectors, seed=2)).any()
