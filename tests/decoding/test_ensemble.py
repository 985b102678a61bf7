"""Several models that write together: the mean of their probabilities, token by token."""

import numpy as np
import pytest

from elman.decoding.ensemble import Ensemble
from elman.decoding.length_rules import Average
from elman.decoding.search import Beam, search
from elman.errors import ConfigError
from tests.decoding.toys import Markov, every_path

MODELS = [Markov(4, seed, end=1, sparse=True) for seed in (1, 2, 3)]


def log_prob(path, number):
    """Return log p of a path, from the mean of what each model says to each token."""
    total = 0.0
    for place, token in enumerate(path):
        before = [0, 0, *path[:place]][-2:]
        with np.errstate(divide="ignore"):
            total += np.log(np.mean([np.exp(one.table[number, before[0], before[1], token]) for one in MODELS]))
    return total


def test_what_is_found_is_the_best_of_all_sequences_under_the_mean():
    ensemble = Ensemble(MODELS)
    found = search(ensemble, [np.empty(0, np.int64)] * 3, np.full(3, 4), Beam(99, 2, Average()))
    for number, results in enumerate(found):
        every = [path for path, _ in every_path(MODELS[0], 4, number)]
        best = sorted(every, key=lambda path: -log_prob([*path, 1], number) / (len(path) + 1))[:2]
        assert [list(one.ids) for one in results] == best
        for one in results:
            assert one.log_prob == pytest.approx(log_prob([*one.ids, 1], number), abs=1e-10)


def test_one_alone_and_the_same_twice_are_that_one():
    ids = np.random.default_rng(0).integers(2, 4, (3, 5))
    alone = MODELS[0].read(ids, None, MODELS[0].begin(np.arange(3))).nats
    for together in (Ensemble(MODELS[:1]), Ensemble(MODELS[:1] * 2)):
        np.testing.assert_allclose(together.read(ids, None, together.begin(np.arange(3))).nats, alone, atol=1e-12)


def test_reading_and_pricing_are_stepping():
    both = Ensemble(MODELS)
    ids, lengths = np.random.default_rng(1).integers(2, 4, (3, 6)), np.array([6, 3, 4])
    state, expected = both.begin(np.arange(3)), np.zeros((3, 5))
    for t in range(5):
        log_probs, after = both.advance(ids[:, t], state)
        priced, behind = both.nats_of(ids[:, t], state, np.array([0, 0, 2]), np.array([1, 3, 2]))
        np.testing.assert_allclose(priced, -log_probs[[0, 0, 2], [1, 3, 2]], atol=1e-12)
        np.testing.assert_array_equal(behind[0], after[0])
        expected[:, t] = np.where(t + 1 < lengths, -log_probs[np.arange(3), ids[:, t + 1]], 0)
        state = after
    np.testing.assert_allclose(both.read(ids, lengths, both.begin(np.arange(3))).nats, expected, atol=1e-12)


def test_where_all_look_the_mean_is_told():
    class Watching(Markov):
        def looked(self, state):
            return np.eye(4)[state[:, 1]]

    ids = np.array([2, 3])
    both, one = Ensemble([Watching(4, 1), Watching(4, 2)]), Ensemble([Watching(4, 1), Markov(4, 2)])
    _, state = both.advance(ids, both.begin(np.arange(2)))
    assert both.looked(state).tolist() == np.eye(4)[ids].tolist()
    assert one.looked(one.begin(np.arange(2))) is None


def test_models_of_other_tokens_are_refused():
    with pytest.raises(ConfigError, match=r"ensemble: got models of 4, 5 tokens, expected models of the same tokens."):
        Ensemble([Markov(4), Markov(5)])
    with pytest.raises(ConfigError, match="ensemble: got models of no tokens"):
        Ensemble([])
