"""The loss of CTC in compiled code, for every instruction set, against its definition and torch's."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from elman.decoding.ctc import paths
from elman.errors import ShapeError
from elman.native import ctc, instruction_sets
from tests.decoding.ctc import GOLDENS
from tests.decoding.ctc.every_path import every_text, probability

SIZES = ([7, 0, 3, 1, 5], [3, 0, 0, 1, 2])


@pytest.fixture(params=instruction_sets(), autouse=True)
def instructions(request, monkeypatch):
    monkeypatch.setenv("ELMAN_ISA", request.param)


def utterances(lengths, label_lengths, symbols=6, blank=0, seed=1, scale=2.0):
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, scale, (sum(lengths), symbols))
    labels = draw.choice([k for k in range(symbols) if k != blank], sum(label_lengths))
    return logits, np.array(lengths), labels.astype(np.int64), np.array(label_lengths)


def defined(logits, lengths, labels, label_lengths, blank=0):
    rows = np.split(paths.log_softmax(logits), np.cumsum(lengths)[:-1])
    texts = np.split(labels, np.cumsum(label_lengths)[:-1])
    nats = [paths.nats(row, text, blank) for row, text in zip(rows, texts, strict=True)]
    return nats, np.concatenate([paths.gradient(row, text, blank) for row, text in zip(rows, texts, strict=True)])


@pytest.mark.parametrize("symbols", [1, 2, 3])
def test_D28_the_loss_is_the_sum_over_every_path_wherever_the_blank_is(symbols):
    for frames, blank in [(frames, blank) for frames in range(6) for blank in range(symbols)]:
        logits = np.random.default_rng(frames).normal(0, 2, (frames, symbols))
        shares, texts = np.exp(paths.log_softmax(logits)), every_text(symbols, blank, 3)
        sizes = np.array([len(text) for text in texts])
        labels = np.array([k for text in texts for k in text], np.int64)
        every = np.tile(logits, (len(texts), 1))
        found = ctc.losses(every, np.full(len(texts), frames), labels, sizes, blank).nats
        expected = [probability(shares, text, blank) for text in texts]
        np.testing.assert_allclose(np.exp(-found), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("blank", [0, 2, 5])
@pytest.mark.parametrize("sizes", [SIZES, ([20, 31, 17], [4, 9, 8]), ([300], [40]), ([45], [9])], ids=str)
def test_loss_and_gradient_equal_the_definition(sizes, blank):
    given = utterances(*sizes, blank=blank)
    found = ctc.losses(*given, blank, True)
    nats, gradient = defined(*given, blank)
    np.testing.assert_allclose(found.nats, nats, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.gradient, gradient, atol=1e-11)
    np.testing.assert_allclose(found.gradient.sum(1), 0, atol=1e-12)
    np.testing.assert_array_equal(ctc.losses(*given, blank).nats, found.nats)
    single = ctc.losses(given[0].astype(np.float32), *given[1:], blank, True)
    assert single.gradient.dtype == np.float32
    np.testing.assert_allclose(single.nats, nats, rtol=1e-6)
    np.testing.assert_allclose(single.gradient, gradient, atol=1e-6)


@pytest.mark.parametrize("case", GOLDENS["ctc"]["cases"], ids=lambda case: str(case["target"]))
def test_goldens(case):
    logits, labels = np.array(GOLDENS["ctc"]["logits"]), np.array(case["target"], np.int64)
    found = ctc.losses(logits, np.array([4]), labels, np.array([len(labels)]), 0, True)
    if case["loss"] is None:
        assert found.nats == np.inf
        assert not found.gradient.any()
        return
    np.testing.assert_allclose(found.nats, case["loss"], atol=1e-12)
    np.testing.assert_allclose(found.gradient, case["gradient_by_logits"], atol=1e-12)


def test_three_reductions_are_three_numbers():
    rows = [GOLDENS["ctc_reductions"][name] for name in ("row_1", "row_2")]
    logits = np.concatenate([row["logits"] for row in rows])
    labels = np.concatenate([row["target"] for row in rows])
    nats = ctc.losses(logits, np.array([4, 3]), labels, np.array([2, 1]), 0).nats
    found = [nats.sum(), (nats / [2, 1]).mean(), nats.sum() / 3]
    wanted = [GOLDENS["ctc_reductions"][name] for name in ("sum", "mean_torch", "per_symbol")]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_torch_says_the_same():
    logits, lengths, labels, sizes = utterances([60, 41, 9, 5], [12, 20, 0, 2], symbols=30)
    given = torch.tensor(
        np.stack([np.pad(one, ((0, 60 - len(one)), (0, 0))) for one in np.split(logits, [60, 101, 110])])
    )
    given = given.transpose(0, 1).contiguous().requires_grad_()
    expected = functional.ctc_loss(
        given.log_softmax(-1), torch.tensor(labels), torch.tensor(lengths), torch.tensor(sizes), reduction="none"
    )
    expected.sum().backward()
    found = ctc.losses(logits, lengths, labels, sizes, 0, True)
    np.testing.assert_allclose(found.nats, expected.detach(), rtol=1e-12)
    gradient = np.concatenate([given.grad[:length, row] for row, length in enumerate(lengths)])
    np.testing.assert_allclose(found.gradient, gradient, atol=1e-11)


def test_an_utterance_is_the_same_alone_among_others_and_with_any_threads():
    given = utterances([90, 40, 77, 3, 60], [20, 10, 31, 0, 9], symbols=40)
    together = ctc.losses(*given, 0, True, 3)
    rows, texts = np.split(given[0], np.cumsum(given[1])[:-1]), np.split(given[2], np.cumsum(given[3])[:-1])
    for row, (logits, text) in enumerate(zip(rows, texts, strict=True)):
        alone = ctc.losses(logits, np.array([len(logits)]), text, np.array([len(text)]), 0, True)
        assert alone.nats[0] == together.nats[row]
        np.testing.assert_array_equal(alone.gradient, np.split(together.gradient, np.cumsum(given[1])[:-1])[row])


def test_labels_that_do_not_fit_lose_infinitely_and_teach_nothing():
    logits, lengths, labels, sizes = utterances([4, 5, 0, 2], [3, 3, 1, 0])
    labels[:6] = 1
    found = ctc.losses(logits, lengths, labels, sizes, 0, True)
    assert np.isinf(found.nats).tolist() == [True, False, True, False]
    assert not found.gradient[:4].any()
    assert np.isfinite(found.gradient).all()
    assert found.gradient[4:].any(1).all()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_nothing_underflows_however_long_an_utterance_is(kind):
    frames, symbols, size = 2000, 50, 30
    labels = np.arange(size) % 7 + 1
    found = ctc.losses(np.zeros((frames, symbols), kind), np.array([frames]), labels, np.array([size]), 0, True)
    log_probs = np.full((frames, symbols), -np.log(symbols))
    assert found.nats[0] == pytest.approx(paths.nats(log_probs, labels, 0), rel=1e-12)
    np.testing.assert_allclose(
        found.gradient, paths.gradient(log_probs, labels, 0), atol=1e-6 if kind == np.float32 else 1e-10
    )


def test_a_model_that_is_sure_of_the_blank_still_learns():
    """Each label has e^-40: the product of 60 of them is far below what a double holds."""
    logits = np.zeros((120, 8))
    logits[:, 0] = 40.0
    labels = np.arange(60) % 7 + 1
    given = (logits, np.array([120]), labels, np.array([60]))
    found, (nats, gradient) = ctc.losses(*given, 0, True), defined(*given)
    np.testing.assert_allclose(found.nats, nats, rtol=1e-12)
    np.testing.assert_allclose(found.gradient, gradient, atol=1e-10)


@pytest.mark.parametrize("scale", [300.0, 3e4])
def test_logits_far_apart_give_numbers(scale):
    given = utterances([50], [11], scale=scale)
    found, (nats, gradient) = ctc.losses(*given, 0, True), defined(*given)
    np.testing.assert_allclose(found.nats, nats, rtol=1e-11)
    np.testing.assert_allclose(found.gradient, gradient, atol=1e-8)


def test_minus_infinity_forbids_and_no_number_is_none():
    logits, lengths, labels, sizes = utterances([9], [3], symbols=4)
    logits[:, 3], labels[:] = -np.inf, [1, 2, 1]
    found, (nats, gradient) = (
        ctc.losses(logits, lengths, labels, sizes, 0, True),
        defined(logits, lengths, labels, sizes),
    )
    np.testing.assert_allclose(found.nats, nats, rtol=1e-12)
    np.testing.assert_allclose(found.gradient, gradient, atol=1e-12)
    assert ctc.losses(logits, lengths, np.array([1, 3, 1]), sizes, 0).nats == np.inf
    for value in (np.nan, np.inf):
        logits[4, 1] = value
        found = ctc.losses(logits, lengths, labels, sizes, 0, True)
        assert np.isnan(found.nats).all()
        assert np.isnan(found.gradient).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"logits": np.zeros((5, 3), np.int64)}, r"logits: got int64 \(5, 3\), expected float32 or float64 \(N, V\)\."),
        ({"lengths": np.array([2, 2])}, r"lengths: got \[2 2\], expected ones from 0, 5 in all\."),
        ({"label_lengths": np.array([3, -1])}, r"label_lengths: got \[ 3 -1\], expected ones from 0, 2 in all\."),
        ({"labels": np.array([1, 0])}, r"labels: got 0, which is the blank: no label may be it\."),
        ({"labels": np.array([1, 3])}, r"labels: got 1 to 3, expected 0\.\.2\."),
        ({"labels": np.array([1, 1], np.int32)}, r"labels: got int32 \(2,\), expected int64 \(2,\)\."),
        ({"blank": 3}, r"blank: got 3, expected 0\.\.2\."),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(changed, message):
    usual = {"logits": np.zeros((5, 3)), "lengths": np.array([3, 2]), "labels": np.array([1, 2])}
    with pytest.raises(ShapeError, match=f"^{message}$"):
        ctc.losses(**{**usual, "label_lengths": np.array([1, 1]), "blank": 0, **changed})
