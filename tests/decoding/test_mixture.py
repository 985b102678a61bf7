"""Interpolation and caches against their formulas."""

import math

import numpy as np
import pytest

from elman.decoding.mixture import fit_weights, mix
from elman.errors import ConfigError
from elman.inference.cache import continuous_cache, unigram_cache


def test_weights_are_where_the_likelihood_is_largest():
    rng = np.random.default_rng(0)
    log_probs = np.log(rng.uniform(0.01, 1.0, (2, 400)))
    found = fit_weights(log_probs)
    grid = [(mix(log_probs, [w, 1 - w]).mean(), w) for w in np.linspace(0, 1, 2001)]
    assert found[0] == pytest.approx(max(grid)[1], abs=2e-3)
    assert found.sum() == pytest.approx(1)


def test_a_mixture_is_the_sum_of_probabilities():
    log_probs = np.log([[0.5, 0.1, 0.2], [0.1, 0.3, 0.4]])
    np.testing.assert_allclose(np.exp(mix(log_probs, [0.25, 0.75])), [0.2, 0.25, 0.35])
    with np.errstate(divide="ignore"):
        zero = np.log([[0.5, 0.0], [0.0, 0.3]])
    np.testing.assert_allclose(np.exp(mix(zero, fit_weights(zero))), [0.25, 0.15])


def test_what_no_part_allows_has_probability_0():
    assert mix(np.array([[-np.inf], [-np.inf]]), [0.5, 0.5]).tolist() == [-np.inf]


def test_a_token_that_no_model_allows():
    with pytest.raises(ConfigError, match="a token that is impossible under every part"):
        fit_weights(np.array([[-1.0, -np.inf], [-2.0, -np.inf]]))


@pytest.mark.parametrize("size", [1, 3, 50])
def test_the_unigram_cache(size):
    ids = np.random.default_rng(1).integers(0, 4, 60)
    found = unigram_cache(ids, size, 4)
    for t in range(60):
        seen = ids[max(0, t - size) : t].tolist()
        expected = seen.count(ids[t]) / len(seen) if seen else 0.0
        assert math.exp(found[t]) == pytest.approx(expected)


@pytest.mark.parametrize(("size", "theta"), [(1, 0.3), (5, 0.7), (2000, 0.2), (7, 0.0)])
def test_the_continuous_cache(size, theta):
    rng = np.random.default_rng(2)
    ids, hidden = rng.integers(0, 4, 700), rng.normal(size=(700, 3)).astype(np.float32)
    found = continuous_cache(hidden, ids, size, theta)
    for t in [0, 1, 2, 5, 511, 512, 513, 699]:
        before = range(max(0, t - size), t)
        weights = [math.exp(theta * float(hidden[t].astype(float) @ hidden[i].astype(float))) for i in before]
        same = sum(w for w, i in zip(weights, before, strict=True) if ids[i] == ids[t])
        assert math.exp(found[t]) == pytest.approx(same / sum(weights) if weights else 0.0, rel=1e-5)
