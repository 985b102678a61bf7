"""Sampling against its distribution, beam search against all sequences."""

import itertools

import numpy as np
import pytest

from elman.decoding.beam import beam_search
from elman.decoding.sampling import Choice, distribution, draw, sample
from elman.errors import ConfigError

V = 4


def markov(seed=0):
    """Return a step function over rows: the next token depends on the last two."""
    table = np.log(np.random.default_rng(seed).dirichlet(np.full(V, 0.4), (V, V)))

    def advance(ids, state):
        return table[state, ids].copy(), ids

    return table, advance


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_wide_beam_finds_the_best_of_all_sequences(seed, length):
    table, advance = markov(seed)

    def log_prob(path):
        places = [0, 1, *path]
        return sum(table[a, b, c] for a, b, c in zip(places, places[1:], places[2:], strict=False))

    best = max(itertools.product(range(V), repeat=length), key=log_prob)
    found = beam_search(advance, lambda state, rows: state[rows], np.array([0]), np.array([1]), length, V**length)
    assert log_prob(found) == pytest.approx(log_prob(best))


def test_a_beam_of_one_is_greedy_and_excluded_tokens_stay_out():
    _, advance = markov(1)
    select = lambda state, rows: state[rows]  # noqa: E731
    greedy = beam_search(advance, select, np.array([0]), np.array([1]), 6, 1)
    stream = sample(advance, np.array([0]), np.array([1]), Choice(temperature=0), seed=0)
    assert greedy == list(itertools.islice(stream, 6))
    assert 2 not in beam_search(advance, select, np.array([0]), np.array([1]), 6, 3, excluded=[2])


def test_the_inverse_of_the_cumulative_distribution():
    probabilities = np.array([0.0, 0.25, 0.5, 0.0, 0.25, 0.0])
    found = [draw(probabilities, u) for u in (0.0, 0.2499, 0.25, 0.7499, 0.75, 0.999999)]
    assert found == [1, 1, 2, 2, 4, 4]
    assert draw(probabilities, np.nextafter(1.0, 0)) == 4


def test_draws_follow_the_distribution():
    probabilities = np.array([0.1, 0.6, 0.3])
    found = [draw(probabilities, (place + 0.5) / 1000) for place in range(1000)]
    np.testing.assert_allclose(np.bincount(found) / 1000, probabilities, atol=1e-3)


def test_temperature_sharpens_by_the_formula():
    log_probs = np.log([0.2, 0.5, 0.3])
    expected = np.array([0.2, 0.5, 0.3]) ** 2
    np.testing.assert_allclose(distribution(log_probs, Choice(0.5)), expected / expected.sum())
    np.testing.assert_allclose(distribution(log_probs, Choice()), [0.2, 0.5, 0.3])
    assert distribution(log_probs, Choice(0)).tolist() == [0, 1, 0]


def test_top_k_and_top_p_keep_the_likeliest():
    log_probs = np.log([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(distribution(log_probs, Choice(top_k=2)), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(distribution(log_probs, Choice(top_p=0.6)), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(distribution(log_probs, Choice(top_p=0.4)), [0, 1, 0, 0])
    np.testing.assert_allclose(distribution(log_probs, Choice(top_k=9)), [0.1, 0.4, 0.2, 0.3])


def test_the_same_seed_draws_the_same_text_and_another_another():
    _, advance = markov()
    runs = [
        list(itertools.islice(sample(advance, np.array([0]), np.array([1]), Choice(), seed), 40)) for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1] != runs[2]
    excluded = sample(advance, np.array([0]), np.array([1]), Choice(), 3, excluded=[0, 3])
    assert set(itertools.islice(excluded, 50)) <= {1, 2}


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(temperature=-1), r"--temperature: got -1, expected 0 or more\."),
        (Choice(temperature=float("nan")), r"--temperature: got nan"),
        (Choice(top_k=-3), r"--top-k: got -3, expected 0 \(all\) or more\."),
        (Choice(top_p=0), r"--top-p: got 0, expected above 0 and at most 1\."),
    ],
)
def test_choices_that_mean_nothing_are_refused(choice, message):
    with pytest.raises(ConfigError, match=message):
        choice.check()
