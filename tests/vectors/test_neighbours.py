"""Nearest words against all cosines in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.vectors.neighbours import Neighbours


def table(size=30, width=7, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(size, width)) * np.exp(rng.normal(size=(size, 1)))).astype(np.float32)


def cosine(one, other):
    one, other = one.astype(np.float64), other.astype(np.float64)
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return one @ other / lengths if lengths else 0.0


def test_cosines_are_those_of_every_pair():
    matrix, queries = table(), table(4, seed=1)
    expected = [[cosine(query, row) for row in matrix] for query in queries]
    np.testing.assert_allclose(Neighbours(matrix).cosines(queries), expected, atol=1e-6)


@given(st.integers(1, 40), st.sets(st.integers(0, 29)), st.integers(0, 5))
def test_the_nearest_are_those_with_the_largest_cosines(k, without, seed):
    matrix, query = table(), table(1, seed=seed + 1)[0]
    cosines = np.array([cosine(query, row) for row in matrix])
    expected = [word for word in np.argsort(-cosines) if word not in without][:k]
    found = Neighbours(matrix).nearest(query, k, sorted(without))
    assert [word for word, _ in found] == expected
    np.testing.assert_allclose([near for _, near in found], cosines[expected], atol=1e-6)


def test_of_equal_ones_the_first_in_the_table_comes_first():
    matrix = np.array([[0, 1], [1, 0], [2, 0], [1, 0], [4, 0]], np.float32)
    assert Neighbours(matrix).nearest(matrix[3], 3) == [(1, 1.0), (2, 1.0), (3, 1.0)]
    assert Neighbours(matrix).nearest(matrix[3], 3, [2, 2]) == [(1, 1.0), (3, 1.0), (4, 1.0)]


@pytest.mark.parametrize("k", [0, -1])
def test_none_are_asked_for(k):
    assert Neighbours(table()).nearest(table()[0], k) == []


def test_everything_is_passed_over():
    assert Neighbours(table(2)).nearest(table()[0], 5, [0, 1]) == []


def test_a_vector_of_zeros_is_near_nothing():
    matrix = table(3)
    matrix[1] = 0
    near = Neighbours(matrix)
    assert near.cosines(matrix)[1].tolist() == [0, 0, 0]
    assert near.cosines(matrix)[:, 1].tolist() == [0, 0, 0]
    assert near.nearest(np.zeros(7, np.float32), 2) == [(0, 0.0), (1, 0.0)]
    np.testing.assert_array_equal(near.offset(*[matrix[[1]]] * 3), np.zeros((1, 7)))


def test_analogies_are_completed_by_the_word_nearest_to_the_offset():
    matrix = table(20)
    questions = np.random.default_rng(3).integers(0, 20, (600, 3))  # more than a block, with words twice
    units = matrix.astype(np.float64) / np.linalg.norm(matrix.astype(np.float64), axis=1, keepdims=True)
    expected = []
    for a, b, c in questions:
        cosines = units @ (units[b] - units[a] + units[c])
        cosines[[a, b, c]] = -np.inf
        expected.append(cosines.argmax())
    assert Neighbours(matrix).completed(questions).tolist() == expected


def test_no_analogies_have_no_answers():
    assert Neighbours(table()).completed(np.zeros((0, 3), np.int64)).tolist() == []
