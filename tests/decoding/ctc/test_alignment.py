"""Where labels stand: against every path, and goldens."""

import numpy as np
import pytest

from elman.decoding.ctc import paths
from elman.decoding.ctc.alignment import align
from elman.errors import DataError
from tests.decoding.ctc import GOLDENS
from tests.decoding.ctc.every_path import labels_of

SHARES = np.array(GOLDENS["alignment"]["probabilities"])


@pytest.mark.parametrize("case", GOLDENS["alignment"]["cases"], ids=lambda case: str(case["target"]))
def test_goldens(case):
    found = align(np.log(SHARES), np.array(case["target"]), 0)
    assert found.path.tolist() == case["path"]
    assert found.log_prob == pytest.approx(case["log_probability"], abs=1e-12)
    log_probs, labels = np.log(SHARES), np.array(case["target"])
    assert paths.nats(log_probs, labels, 0) == pytest.approx(case["loss"], abs=1e-12)
    gammas = SHARES - paths.gradient(log_probs, labels, 0)
    np.testing.assert_allclose(gammas, case["posterior_by_frame_and_symbol"], atol=1e-12)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5])
def test_the_path_is_the_likeliest_that_gives_the_labels(frames):
    log_probs = paths.log_softmax(np.random.default_rng(frames).normal(0, 2, (frames, 3)))
    for text, every in labels_of(frames, 3, 0).items():
        found = align(log_probs, np.array(text, np.int64), 0)
        best = max(sum(log_probs[t, k] for t, k in enumerate(path)) for path in every)
        assert found.log_prob == pytest.approx(best, abs=1e-12)
        assert paths.collapsed(found.path, 0).tolist() == list(text)
        for k, begin, end, share in zip(text, found.begins, found.ends, found.confidence, strict=True):
            assert set(found.path[begin:end].tolist()) == {k}
            assert share == pytest.approx(np.exp(log_probs[begin:end, k]).mean())


def test_blanks_belong_to_nobody():
    found = align(np.log(SHARES), np.array([1, 1, 2]), 0)
    assert list(zip(found.begins.tolist(), found.ends.tolist(), strict=True)) == [(1, 2), (3, 4), (4, 5)]
    np.testing.assert_allclose(found.confidence, [0.7, 0.6, 0.7])
    nothing = align(np.log(SHARES), np.array([], np.int64), 0)
    assert (nothing.path.tolist(), len(nothing.begins)) == ([0] * 6, 0)


def test_what_does_not_fit_is_refused():
    message = (
        r"^3 labels and 2 blanks between equal neighbours need 5 frames: got 4\. Is it the text of this recording\?$"
    )
    with pytest.raises(DataError, match=message):
        align(np.log(SHARES[:4]), np.array([1, 1, 1]), 0)
    with np.errstate(divide="ignore"):
        never = np.log(np.array([[0.5, 0.5, 0.0]] * 4))
    with pytest.raises(DataError, match=r"^the text has no probability at all: one of its labels has none wherever"):
        align(never, np.array([2]), 0)
