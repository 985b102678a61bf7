"""Counting against a Counter of tuples."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.ngram import counts
from elman.ngram.counts import count
from elman.ngram.workspace import Workspace

texts = st.lists(st.integers(0, 6), min_size=1, max_size=60)


def ngrams_of(levels):
    """Return the n-grams of each level as tuples, in their order."""
    found = [[(word,) for word in levels[0].words.tolist()]]
    for level in levels[1:]:
        found.append([(*found[-1][c], w) for c, w in zip(level.contexts.tolist(), level.words.tolist(), strict=True)])
    return found


def in_both_ways(function):
    """Return what a function gives with compiled code and without."""
    found = []
    for mode in ("native", "reference"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ELMAN_KERNELS", mode)
            found.append(function())
    return found


def by_hand(text, order, line_end):
    """Count inside lines, each with the end of the one before as its start."""
    counted = [Counter() for _ in range(order)]
    counted[0].update((word,) for word in text)
    text = text if line_end is None else [line_end, *text]
    for n in range(2, order + 1):
        for start in range(len(text) - n + 1):
            ngram = tuple(text[start : start + n])
            if line_end is None or line_end not in ngram[1:-1]:
                counted[n - 1][ngram] += 1
    return [counter for n, counter in enumerate(counted) if n == 0 or counter]


@given(texts, st.integers(1, 6), st.booleans(), st.booleans(), st.integers(1, 3))
def test_counts_are_those_of_a_counter(text, order, lines, on_disk, threads):
    line_end = 0 if lines else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "_PLACES", 4)
        both = in_both_ways(lambda: count(np.array(text), 8, order, line_end, Workspace(on_disk=on_disk), threads))
    expected = by_hand(text, order, line_end)
    for levels in both:
        assert len(levels) == len(expected)
        for level, ngrams, counter in zip(levels, ngrams_of(levels), expected, strict=True):
            assert ngrams == sorted(ngrams)
            assert {n: c for n, c in zip(ngrams, level.counts.tolist(), strict=True) if c} == counter


@given(texts, st.booleans())
def test_links_leave_out_the_first_word(text, lines):
    for levels in in_both_ways(lambda: count(np.array(text), 8, 4, 0 if lines else None, Workspace())):
        ngrams = ngrams_of(levels)
        for shorter, longer, level in zip(ngrams, ngrams[1:], levels[1:], strict=False):
            assert [shorter[link] for link in level.links.tolist()] == [ngram[1:] for ngram in longer]


def test_ids_too_large_to_be_packed_into_one_number(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    text = np.random.default_rng(0).integers(0, 5, 200)
    found = count(text, 8, 4, None, Workspace())
    monkeypatch.setattr(counts, "_BITS", 3)
    for left, right in zip(found, count(text, 8, 4, None, Workspace()), strict=True):
        assert all(np.array_equal(*pair) for pair in zip(left, right, strict=True))


def test_one_word_and_no_word():
    [only] = count(np.array([3]), 5, 5, None, Workspace())
    assert only.counts.tolist() == [0, 0, 0, 1, 0]
    levels = count(np.array([0, 0]), 5, 5, 0, Workspace())  # two empty lines
    assert ngrams_of(levels)[1] == [(0, 0)]
    assert levels[1].counts.tolist() == [2]


def test_a_full_disk_is_told_of(monkeypatch, tmp_path):
    work = Workspace(tmp_path / "nowhere", on_disk=True)
    from elman.errors import DataError

    with pytest.raises(DataError, match=r"nowhere: cannot hold the counts: No such file.*Free space there"):
        work.empty(3, np.uint32)
