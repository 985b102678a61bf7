"""What likelihoods are worth is learned, and never more than the known passages show."""

import numpy as np
import pytest

from elman.comparison.calibration import Calibration, calibrate


def passages(count, scale, bias, seed=0, authors=3):
    """Return log-probabilities whose shares are right when they are scaled and shifted."""
    draw = np.random.default_rng(seed)
    log_probs, tokens = -1000 + 30 * draw.standard_normal((count, authors)), np.full(count, 100)
    scores = scale * log_probs - np.array(bias)
    shares = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    truth = np.array([draw.choice(authors, p=row) for row in shares])
    return log_probs, tokens, truth


def test_it_finds_the_scale_and_the_bias_that_made_the_data():
    found = calibrate(*passages(20_000, 0.05, [1.0, -0.5, -0.5]))
    assert found.scale == pytest.approx(0.05, rel=0.05)
    np.testing.assert_allclose(found.bias, [1.0, -0.5, -0.5], atol=0.08)
    assert found.length == 100


def test_shares_are_those_of_the_formula_and_sum_to_one():
    calibration = Calibration(0.1, np.array([0.5, -0.5]), 50.0)
    log_probs, tokens = np.array([[-100.0, -103.0], [-20.0, -19.0]]), np.array([100, 25])
    found = calibration.log_shares(log_probs, tokens)
    scores = 0.1 * log_probs - np.array([[0.5 * 2, -0.5 * 2], [0.5 / 2, -0.5 / 2]])
    np.testing.assert_allclose(found, np.log(np.exp(scores) / np.exp(scores).sum(1, keepdims=True)), atol=1e-12)


def test_likelihoods_that_are_always_right_are_not_believed_without_end():
    log_probs = np.repeat([[-100.0, -110.0], [-110.0, -100.0]], 5, axis=0)
    found = calibrate(log_probs, np.full(10, 30), np.repeat([0, 1], 5))
    shares = np.exp(found.log_shares(log_probs, np.full(10, 30)))
    # Five passages of each author, all right: (5 + 1) / (5 + 2).
    np.testing.assert_allclose(shares[0], [6 / 7, 1 / 7], atol=1e-4)


def test_without_a_bias_the_likeliest_stays_so():
    log_probs, tokens, truth = passages(2000, 0.05, [1.0, -0.5, -0.5])
    found = calibrate(log_probs, tokens, truth, biased=False)
    assert found.bias.tolist() == [0.0, 0.0, 0.0]
    assert np.array_equal(found.log_shares(log_probs, tokens).argmax(1), log_probs.argmax(1))


def test_likelihoods_that_say_nothing_are_worth_nothing():
    # Each passage is there twice, once of each author: whatever is said of it is as often wrong as right.
    log_probs = np.repeat(-100 + np.random.default_rng(1).standard_normal((200, 2)), 2, axis=0)
    found = calibrate(log_probs, np.full(400, 30), np.tile([0, 1], 200))
    np.testing.assert_allclose(np.exp(found.log_shares(log_probs, np.full(400, 30))), 0.5, atol=1e-6)


def test_an_author_whom_every_passage_suits_better_loses_that():
    # The second model was trained on more text: it finds all passages likelier by 20 nats.
    log_probs = np.repeat([[-95.0, -80.0], [-105.0, -80.0]], 20, axis=0)
    tokens, truth = np.full(40, 30), np.repeat([0, 1], 20)
    found = calibrate(log_probs, tokens, truth)
    assert (log_probs.argmax(1) == 1).all()
    assert np.array_equal(found.log_shares(log_probs, tokens).argmax(1), truth)
