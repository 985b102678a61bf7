"""How likely words are drawn and left out."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elman.native.embeddings import WindowTables
from elman.vectors.noise import AliasTable, keep_limits, keep_shares, noise_shares
from elman.vectors.windows import Draws, _drawn

COUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


@given(COUNTS, st.sampled_from([0.0, 0.5, 0.75, 1.0]))
def test_noise_is_a_power_of_the_counts(counts, power):
    raised = [count**power for count in counts]
    np.testing.assert_allclose(noise_shares(np.array(counts), power), [one / sum(raised) for one in raised], rtol=1e-12)


def test_the_usual_power_gives_rare_words_more_than_their_share():
    np.testing.assert_allclose(noise_shares(np.array([16, 1]), 0.75), [8 / 9, 1 / 9])


@given(COUNTS, st.sampled_from([1e-5, 1e-3, 0.5]))
def test_frequent_words_stay_as_often_as_in_word2vec(counts, threshold):
    total = sum(counts)
    # word2vec.c: ran = (sqrt(cn / (sample * train_words)) + 1) * (sample * train_words) / cn; stays if ran >= random
    expected = [((n / (threshold * total)) ** 0.5 + 1) * (threshold * total) / n for n in counts]
    np.testing.assert_allclose(keep_shares(np.array(counts), threshold), np.minimum(expected, 1), rtol=1e-12)


def test_without_a_threshold_everything_stays():
    assert keep_shares(np.array([1000, 3, 1]), 0).tolist() == [1, 1, 1]
    assert keep_limits(np.ones(2)).tolist() == [2**32 - 1] * 2


def test_a_limit_holds_as_often_as_it_should():
    assert keep_limits(np.array([0.0, 2.0**-32, 0.25, 0.5])).tolist() == [0, 0, 2**30 - 1, 2**31 - 1]
    assert keep_limits(np.array([0.3])).dtype == np.uint32


@given(COUNTS, st.sampled_from([0.0, 0.75, 1.0]))
@example([7], 0.75)
@example([1] * 48, 1.0)
@example([10**9] + [1] * 59, 1.0)
def test_the_table_stands_for_its_distribution(counts, power):
    shares = noise_shares(np.array(counts), power)
    table = AliasTable.of(shares)
    assert (table.limits.dtype, table.aliases.dtype) == (np.uint32, np.uint32)
    assert table.aliases.max() < len(counts)
    np.testing.assert_allclose(table.shares(), shares, rtol=0, atol=1e-9)


@pytest.mark.parametrize("counts", [[5], [1, 1], [900, 90, 9, 1], [40, 30, 20, 7, 7, 7, 1]])
def test_words_are_drawn_as_often_as_they_should_be(counts):
    shares, size, times = noise_shares(np.array(counts), 0.75), len(counts), 20_000
    table = AliasTable.of(shares)
    rows = np.zeros((size, 1))
    tables = WindowTables(rows, rows, keep_limits(np.ones(size)), 1, False, limits=table.limits, aliases=table.aliases)
    draws = Draws(3)
    found = np.bincount([_drawn(tables, draws) for _ in range(times)], minlength=size)
    expected = times * shares
    # The mean of chi-square is V - 1, its variance 2 (V - 1): five deviations.
    assert ((found - expected) ** 2 / expected).sum() <= size - 1 + 5 * (2 * size) ** 0.5
