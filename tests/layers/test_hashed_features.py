"""The hash is that of RNNLM, wraps as unsigned numbers do, and no number lies in another's part."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.errors import ConfigError
from elman.layers.hashed_features import PRIMES, HashedFeatures, hashes

GOLDEN = json.loads((Path(__file__).parent / "golden_hashes.json").read_text())
HISTORY = np.array([GOLDEN["history_most_recent_first"]])


def test_primes_are_those_of_rnnlm():
    assert PRIMES.tolist() == GOLDEN["primes"]


@pytest.mark.parametrize(
    ("salt", "key", "shift"), [(1, "class_half", 0), (6, "word_half_class_5", 1), (2001, "word_half_class_2000", 1)]
)
def test_hashes_are_those_of_rnnlm(salt, key, shift):
    half = GOLDEN["size"] // 2
    found = hashes(HISTORY, np.array([salt]), GOLDEN["order"]) % np.uint64(half) + np.uint64(shift * half)
    assert found[0].tolist() == GOLDEN[key]


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint32])
def test_the_type_of_ids_does_not_matter(kind):
    given = HISTORY.astype(kind), np.array([2001], kind)
    assert np.array_equal(hashes(*given, 4), hashes(HISTORY, np.array([2001]), 4))


def test_each_order_and_half_has_cells_of_its_own_and_nothing_runs_past_its_end():
    features, draw = HashedFeatures(3, 6 * 50, 20, 0.1), np.random.default_rng(0)
    history, salt = draw.integers(0, 10**6, (4000, 2)), draw.integers(1, 200, 4000)
    for of_words in (False, True):
        places = features.places(torch.from_numpy(history), torch.from_numpy(salt), 20, of_words)
        for a in range(3):
            first = (2 * a + of_words) * 50
            assert places[:, a].min() == first
            assert places[:, a].max() + 20 == first + 50


def test_different_orders_of_the_same_words_are_not_the_same_cells():
    features = HashedFeatures(4, 8 * 1000, 10, 0.1)
    places = features.places(torch.zeros(1, 3, dtype=torch.int64), torch.ones(1, dtype=torch.int64), 10, True)
    assert len(set(places[0].tolist())) == 4


def test_numbers_are_sums_over_orders():
    features = HashedFeatures(2, 4 * 10, 3, 0.1)
    features.weight.data = torch.arange(40.0)
    found = features.numbers(torch.tensor([[0, 20], [3, 25]]), 3)
    assert found.tolist() == [[20.0, 22.0, 24.0], [28.0, 30.0, 32.0]]


def test_it_starts_at_nothing():
    assert not HashedFeatures(2, 400, 3, 0.1).weight.any()


def test_too_few_cells_are_refused():
    message = (
        r"model\.head_options\.cells: got 99, expected at least 160: each of 4 orders has a part for words and one"
    )
    with pytest.raises(ConfigError, match=message):
        HashedFeatures(4, 99, 10, 0.1)
