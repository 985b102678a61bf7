"""The likeliest path, in whatever pieces its frames come."""

import pickle

import numpy as np
import pytest

from elman.decoding.ctc import paths
from elman.decoding.ctc.best_path import BestPath


def read(log_probs, blank, *ends):
    path = BestPath(blank)
    for piece in np.split(log_probs, ends):
        path.read(piece)
    return path


@pytest.mark.parametrize("blank", [0, 2])
def test_pieces_of_any_length_give_what_the_whole_gives_bit_for_bit(blank):
    log_probs = paths.log_softmax(np.random.default_rng(1).normal(0, 1, (400, 3))).astype(np.float32)
    [whole] = read(log_probs, blank).found()
    expected = log_probs.argmax(1).tolist()
    begins = [one for one, last in zip(expected, [None, *expected], strict=False) if one not in (last, blank)]
    assert list(whole.labels) == begins
    assert whole.log_prob == whole.score == pytest.approx(log_probs.max(1).astype(np.float64).sum(), rel=1e-12)
    for ends in ([0], [400], range(400), [1, 2, 5, 5, 200]):
        assert read(log_probs, blank, *ends).found() == [whole]


def test_a_label_goes_on_from_one_piece_to_the_next():
    sure = np.log(np.array([[0.1, 0.9], [0.1, 0.9], [0.9, 0.1], [0.1, 0.9]]))
    assert read(sure, 0, 1).settled == (1, 1)
    assert read(sure, 0, 1, 2, 3).settled == (1, 1)
    assert read(sure[:0], 0).settled == ()


def test_frames_are_not_kept():
    path = BestPath(0)
    path.read(np.log(np.array([[0.9, 0.1]])))
    short = len(pickle.dumps(path))
    path.read(np.log(np.full((10_000, 2), [0.9, 0.1])))
    assert len(pickle.dumps(path)) == short
