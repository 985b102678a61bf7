"""Sampling against its distribution, beam search against all sequences."""

import itertools

import numpy as np
import pytest

from elman.decoding.choice import Banned, Choice, distribution, draw, likeliest
from elman.decoding.sampling import sample, samples
from elman.decoding.search import Beam, search
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError

V = 4


class Markov(Stepper):
    """The next token depends on the last two."""

    size, start = V, 0

    def __init__(self, seed=0, end=None):
        self.table = np.log(np.random.default_rng(seed).dirichlet(np.full(V, 0.4), (V, V)))
        self.end = end

    def begin(self, inputs):
        return np.zeros(len(inputs), np.int64)

    def advance(self, ids, state):
        return self.table[state, ids].copy(), ids


def found_by(stepper, length, width, banned=()):
    [[best]] = search(stepper, [np.array([1])], np.array([length + 1]), Beam(width, banned=banned))
    return best.ids[1:]


def stream(stepper, choice, seed, banned=()):
    return sample(stepper, np.array([0, 1]), choice, seed, Banned(banned))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("length", [1, 2, 4])
def test_a_wide_beam_finds_the_best_of_all_sequences(seed, length):
    stepper = Markov(seed)

    def log_prob(path):
        places = [0, 0, 1, *path]
        return sum(stepper.table[a, b, c] for a, b, c in zip(places, places[1:], places[2:], strict=False))

    best = max(itertools.product(range(V), repeat=length), key=log_prob)
    assert log_prob(found_by(stepper, length, V**length)) == pytest.approx(log_prob(best))


def test_a_beam_of_one_is_greedy_and_excluded_tokens_stay_out():
    stepper = Markov(1)
    greedy = found_by(stepper, 6, 1)
    assert greedy == list(itertools.islice(stream(stepper, Choice(temperature=0), 0), 6))
    assert 2 not in found_by(stepper, 6, 3, banned=[2])


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
    runs = [list(itertools.islice(stream(Markov(), Choice(), seed), 40)) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert set(itertools.islice(stream(Markov(), Choice(), 3, [0, 3]), 50)) <= {1, 2}


def test_many_rows_are_drawn_as_each_alone_up_to_its_end():
    stepper, seeds, most = Markov(2, end=3), [4, 5, 6, 4], np.array([30, 30, 2, 30])
    together = samples(stepper, np.arange(4), Choice(), seeds, most)
    for row in range(4):
        assert samples(stepper, np.array([0]), Choice(), [seeds[row]], most[[row]]) == [together[row]]
        assert 3 not in together[row]
    assert together[0] == together[3]
    alone = list(itertools.islice(sample(stepper, np.array([0]), Choice(), 4), 30))
    assert together[0] == alone[: alone.index(3)]
    assert len(together[2]) <= 2
    free = samples(stepper, np.arange(4), Choice(), seeds, most, Banned([3]))
    assert [len(row) for row in free] == [30, 30, 2, 30]


def test_the_likeliest_of_each_row_equal_ones_by_their_number():
    rows = np.array([[0.0, 2.0, 1.0, 2.0, 2.0], [5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0]])
    assert likeliest(rows, 2).tolist() == [[1, 3], [0, 1], [0, 1]]
    assert likeliest(rows, 9).tolist() == [[1, 3, 4, 2, 0], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]
    draw_many = np.random.default_rng(0).integers(0, 6, (50, 20)).astype(float)
    expected = np.argsort(-draw_many, axis=1, kind="stable")
    for k in (1, 3, 7, 20):
        assert np.array_equal(likeliest(draw_many, k), expected[:, :k])


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(temperature=-1), r"^temperature: got -1, expected 0 or more\."),
        (Choice(temperature=float("nan")), r"^temperature: got nan"),
        (Choice(top_k=-3), r"^top_k: got -3, expected 0 \(all\) or more\."),
        (Choice(top_p=0), r"^top_p: got 0, expected above 0 and at most 1\."),
    ],
)
def test_choices_that_mean_nothing_are_refused(choice, message):
    with pytest.raises(ConfigError, match=message):
        choice.check()
