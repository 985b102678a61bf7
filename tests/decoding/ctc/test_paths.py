"""The definition of CTC against every path, finite differences and goldens."""

import itertools

import numpy as np
import pytest

from elman.decoding.ctc import paths
from tests.decoding.ctc import GOLDENS
from tests.decoding.ctc.every_path import every_text, labels_of, probability

LOGITS = np.array(GOLDENS["ctc"]["logits"])
CASES = [(T, V, blank) for T in range(6) for V in range(1, 4) for blank in range(V)]


def of_null(rows):
    return np.array([[-np.inf if value is None else value for value in row] for row in rows])


@pytest.mark.parametrize(("frames", "symbols", "blank"), CASES)
def test_the_loss_is_the_sum_over_every_path_wherever_the_blank_is(frames, symbols, blank):
    log_probs = paths.log_softmax(np.random.default_rng(frames).normal(0, 2, (frames, symbols)))
    for text in every_text(symbols, blank, 3):
        labels, summed = np.array(text, np.int64), probability(np.exp(log_probs), text, blank)
        assert (summed > 0) == (frames >= paths.frames_needed(labels))
        found = paths.nats(log_probs, labels, blank)
        assert np.exp(-found) == pytest.approx(summed, rel=1e-12, abs=0)


@pytest.mark.parametrize("frames", [1, 3, 5])
def test_probabilities_of_all_texts_sum_to_one(frames):
    log_probs = paths.log_softmax(np.random.default_rng(1).normal(0, 2, (frames, 3)))
    every = [np.array(text, np.int64) for text in labels_of(frames, 3, 0)]
    assert sum(np.exp(-paths.nats(log_probs, text, 0)) for text in every) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("text", [(), (1,), (1, 1), (1, 2), (2, 1, 2), (1, 1, 2)], ids=str)
def test_the_gradient_equals_finite_differences_and_its_rows_sum_to_zero(text):
    logits, labels = np.random.default_rng(3).normal(0, 2, (5, 3)), np.array(text, np.int64)
    found = paths.gradient(paths.log_softmax(logits), labels, 0)
    np.testing.assert_allclose(found.sum(1), 0, atol=1e-14)
    for t, k in itertools.product(range(5), range(3)):
        moved = [logits + step * np.eye(15).reshape(5, 3, 15)[..., 3 * t + k] for step in (1e-5, -1e-5)]
        more, less = (paths.nats(paths.log_softmax(one), labels, 0) for one in moved)
        assert found[t, k] == pytest.approx((more - less) / 2e-5, abs=1e-9)


@pytest.mark.parametrize("case", GOLDENS["ctc"]["cases"], ids=lambda case: str(case["target"]))
def test_goldens(case):
    log_probs, labels = paths.log_softmax(LOGITS), np.array(case["target"], np.int64)
    if case["loss"] is None:
        assert paths.nats(log_probs, labels, 0) == np.inf
        assert not paths.gradient(log_probs, labels, 0).any()
        return
    assert paths.nats(log_probs, labels, 0) == pytest.approx(case["loss"], abs=1e-12)
    np.testing.assert_allclose(paths.gradient(log_probs, labels, 0), case["gradient_by_logits"], atol=1e-12)
    np.testing.assert_allclose(paths.log_alphas(log_probs, labels, 0), of_null(case["log_alpha"]), atol=1e-12)
    np.testing.assert_allclose(paths.log_betas(log_probs, labels, 0), of_null(case["log_beta_with_p"]), atol=1e-12)


@pytest.mark.parametrize("text", [(1,), (1, 1), (2, 1)], ids=str)
def test_every_frame_sees_all_of_the_probability(text):
    log_probs, labels = paths.log_softmax(LOGITS), np.array(text, np.int64)
    extended, _ = paths.places(labels, 0)
    own = log_probs[:, extended]
    both = paths.log_alphas(log_probs, labels, 0) + paths.log_betas(log_probs, labels, 0) - own
    np.testing.assert_allclose(np.logaddexp.reduce(both, 1), -paths.nats(log_probs, labels, 0), atol=1e-12)


def test_equal_neighbours_need_a_blank_between_them():
    assert [paths.frames_needed(text) for text in ([], [1], [1, 2], [1, 1], [1, 1, 1], [2, 2, 1, 1])] == [
        0,
        1,
        2,
        3,
        5,
        6,
    ]
    uniform = np.full((5, 2), np.log(0.5))
    assert paths.nats(uniform[:4], np.array([1, 1, 1]), 0) == np.inf
    assert paths.nats(uniform, np.array([1, 1, 1]), 0) == pytest.approx(5 * np.log(2), abs=1e-12)


def test_no_frames_give_the_empty_text_alone():
    nothing = np.empty((0, 3))
    assert paths.nats(nothing, np.array([], np.int64), 0) == 0.0
    assert paths.nats(nothing, np.array([1]), 0) == np.inf
    assert paths.gradient(nothing, np.array([1]), 0).shape == (0, 3)


def test_a_symbol_without_probability_gives_no_numbers_that_are_none():
    log_probs = paths.log_softmax(np.array([[0.0, -np.inf, 1.0], [0.5, 0.0, -np.inf], [0.0, 1.0, 2.0]]))
    for text in every_text(3, 0, 3):
        labels = np.array(text, np.int64)
        gradient = paths.gradient(log_probs, labels, 0)
        assert np.isfinite(gradient).all()
        summed = probability(np.exp(log_probs), text, 0)
        assert np.exp(-paths.nats(log_probs, labels, 0)) == pytest.approx(summed, rel=1e-12)
