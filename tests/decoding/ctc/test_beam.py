"""The prefix search against every path and goldens, with and without a language model."""

import numpy as np
import pytest

from elman.decoding.ctc import paths
from elman.decoding.ctc.beam import Limits, PrefixBeam
from elman.decoding.ctc.best_path import BestPath
from elman.decoding.ctc.scorer import Scorer
from tests.decoding.ctc import GOLDENS
from tests.decoding.ctc.every_path import labels_of

GIVEN = GOLDENS["prefix_beam"]
LOG_PROBS = np.log(GIVEN["probabilities"])
EVERYTHING = Limits(10_000, 0.0, 1000)


@pytest.fixture(params=["auto", "reference"], autouse=True)
def kernels(request, monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", request.param)


class Bigram(Scorer):
    """A bigram over labels 1 and 2, each label with a reward."""

    def __init__(self, alpha, beta, table):
        self.rows = {
            state: np.array([-np.inf, *(alpha * np.log(row[k]) + beta for k in "12")]) for state, row in table.items()
        }

    def begin(self):
        return "start"

    def row(self, state):
        return self.rows[state]

    def after(self, state, symbol):
        return str(symbol)

    def end(self, state):
        return 0.0


def search(log_probs, limits=EVERYTHING, scorer=None, blank=0):
    beam = PrefixBeam(blank, limits, scorer)
    beam.read(log_probs)
    return beam


@pytest.mark.parametrize("blank", [0, 1, 2])
@pytest.mark.parametrize("frames", [0, 1, 2, 3, 4, 5, 6])
def test_with_room_for_all_the_mass_of_every_text_is_that_of_all_its_paths(frames, blank):
    log_probs = paths.log_softmax(np.random.default_rng(frames).normal(0, 1.5, (frames, 3)))
    found = search(log_probs, blank=blank).found(10_000)
    every = {text: -paths.nats(log_probs, np.array(text, np.int64), blank) for text in labels_of(frames, 3, blank)}
    assert {one.labels for one in found} == set(every)
    for one in found:
        assert one.log_prob == one.score == pytest.approx(every[one.labels], abs=1e-12)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("width", GIVEN["by_width"])
def test_goldens_by_width(width):
    found = search(LOG_PROBS, Limits(int(width), 0.0)).found(100)
    assert [list(one.labels) for one in found] == [one["target"] for one in GIVEN["by_width"][width]]
    np.testing.assert_allclose(
        [one.log_prob for one in found], [one["log_mass"] for one in GIVEN["by_width"][width]], atol=1e-12
    )


def test_goldens_with_a_bigram():
    fusion = GIVEN["fusion"]
    found = search(LOG_PROBS, scorer=Bigram(fusion["alpha"], fusion["beta_per_symbol"], fusion["bigram"])).found(100)
    assert [list(one.labels) for one in found] == [one["target"] for one in fusion["best"]]
    np.testing.assert_allclose([one.score for one in found], [one["score"] for one in fusion["best"]], atol=1e-12)
    np.testing.assert_allclose([one.log_prob for one in found], [one["log_mass"] for one in fusion["best"]], atol=1e-12)


def test_the_likeliest_path_is_not_the_likeliest_text():
    likeliest = BestPath(0)
    likeliest.read(LOG_PROBS)
    assert list(likeliest.settled) == GIVEN["best_path"] == []
    assert search(LOG_PROBS, Limits(2)).found()[0].labels == (1,)


@pytest.mark.parametrize("scorer", [None, Bigram(0.5, 0.2, GIVEN["fusion"]["bigram"])], ids=["alone", "bigram"])
def test_frames_may_come_one_by_one(scorer):
    log_probs = paths.log_softmax(np.random.default_rng(7).normal(0, 1, (30, 3)))
    whole, pieces = search(log_probs, Limits(8), scorer), PrefixBeam(0, Limits(8), scorer)
    for frame in log_probs:
        pieces.read(frame[None])
        assert all(one.labels[: len(pieces.settled)] == pieces.settled for one in pieces.found(8))
    assert pieces.found(8) == whole.found(8)


def test_a_repeated_label_needs_a_blank_and_equal_prefixes_are_one():
    sure = np.log(np.array([[0.02, 0.98], [0.98, 0.02], [0.02, 0.98]]))
    assert search(sure).found()[0].labels == (1, 1)
    assert search(sure[[0, 2, 2]]).found()[0].labels == (1,)
    found = [one.labels for one in search(sure).found(100)]
    assert len(found) == len(set(found))


def test_ties_are_decided_by_who_was_there_first():
    even = np.full((6, 4), np.log(0.25))
    first, again = (search(even, Limits(5, 0.0)).found(5) for _ in range(2))
    assert first == again
    assert first[0].labels == (1, 2)


def test_rare_symbols_may_not_begin_but_go_on():
    log_probs = np.log(np.array([[0.3, 0.7, 1e-9], [0.99, 1e-5, 1e-9], [1.0, 1e-9, 1e-9]]))
    found = search(log_probs, Limits(10)).found(10)
    assert {one.labels for one in found} == {(), (1,)}
    exact = search(log_probs).found(1)[0]
    assert found[0].log_prob == pytest.approx(exact.log_prob, abs=1e-4)


def test_a_prefix_that_comes_again_is_the_one_that_was_there():
    for seed in range(40):
        log_probs = paths.log_softmax(np.random.default_rng(seed).normal(0, 1, (25, 4)))
        beam = PrefixBeam(0, Limits(3))
        for frame in log_probs:
            beam.read(frame[None])
            labels = [one.labels for one in beam.found(3)]
            assert len(labels) == len(set(labels))
