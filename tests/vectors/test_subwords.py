"""Runs of characters and the rows they share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.vectors import subwords
from elman.vectors.subwords import Subwords, runs

WORDS = ["cat", "cats", "scat", "dog", "naïve", "naïf", "aaaa"]
COUNTS = np.array([50, 40, 30, 20, 10, 5, 1])


@given(st.text(max_size=8), st.integers(1, 4), st.integers(0, 4))
def test_runs_are_all_pieces_of_the_marked_word_but_the_whole(word, shortest, more):
    marked, longest = f"<{word}>", shortest + more
    pieces = [marked[i:j] for i in range(len(marked)) for j in range(i + 1, len(marked) + 1)]
    expected = [piece for piece in pieces if shortest <= len(piece) <= longest and len(piece) < len(marked)]
    assert list(runs(word, shortest, longest)) == expected


def test_a_run_of_two_words_has_a_row_and_one_of_a_single_word_has_none():
    parts = Subwords(["ab", "abc", "xy"], np.array([5, 2, 1]), 2, 3)
    # <ab> and <abc> share <a, ab, and <ab; nothing of xy is shared, nor what the two do not share.
    assert parts.rows("ab") == [3, 4, 5]
    assert len(parts) == 3
    assert parts.starts.tolist() == [0, 4, 8, 9]
    assert parts.parts.tolist() == [0, 3, 4, 5, 1, 3, 4, 5, 2]


def test_rows_are_ordered_by_how_often_their_runs_occur():
    parts = Subwords(["xy", "xz", "pq", "pr"], np.array([1, 2, 30, 40]), 2, 2)
    assert [parts.rows(word) for word in ("p", "x", "q")] == [[4], [5], []]


def test_a_run_that_comes_twice_in_a_word_counts_once():
    # aa is three times in aaaa, once in baa
    parts = Subwords(["aaaa", "baa"], np.array([3, 2]), 2, 2)
    assert parts.parts.tolist() == [0, 3, 2, 1, 3, 2]
    assert parts.rows("aaaa") == [3, 2]


def test_any_word_has_the_rows_of_its_known_runs():
    parts = Subwords(WORDS, COUNTS, 3, 4)
    assert parts.rows("cat") == parts.parts[1 : parts.starts[1]].tolist()
    assert set(parts.rows("scats")) > set(parts.rows("scat")) - set(parts.rows("cat"))
    assert parts.rows("xylophon") == []
    assert all(row >= len(WORDS) for word in WORDS for row in parts.rows(word))


@pytest.mark.parametrize("block", [1, 3, 4096])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_vector_is_the_mean_of_the_rows_of_its_word(monkeypatch, block, dtype):
    monkeypatch.setattr(subwords, "_BLOCK", block)
    parts = Subwords(WORDS, COUNTS, 2, 4)
    table = np.random.default_rng(0).normal(size=(len(WORDS) + len(parts), 5)).astype(dtype)
    found = parts.vectors(table)
    assert (found.dtype, found.shape) == (dtype, (7, 5))
    for word, vector in enumerate(found):
        rows = [word, *parts.rows(WORDS[word])]
        np.testing.assert_allclose(vector, sum(table[row].astype(float) for row in rows) / len(rows), rtol=1e-5)


def test_types_fit_compiled_code():
    parts = Subwords(WORDS, COUNTS, 3, 6)
    assert (parts.starts.dtype, parts.parts.dtype) == (np.int64, np.uint32)
