"""Classes of words by frequency, and probabilities of words inside them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.outlines import Classes, Tokens
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.class_softmax import ClassSoftmaxHead, binned
from elman.layers import cross_entropy

GOLDENS = json.loads((Path(__file__).parent / "goldens_vocabulary.json").read_text())["G2_class_softmax"]
COUNTS = np.array(GOLDENS["counts"])

pytestmark = pytest.mark.usefixtures("float64")


def make(counts=COUNTS, hidden=3, **options):
    outline = Tokens([str(number) for number in range(len(counts))], np.array(counts))
    return ClassSoftmaxHead(hidden, outline, ClassSoftmaxHead.Config(**options))


def test_words_are_binned_by_frequency_or_its_root():
    assert binned(COUNTS.astype(float), 3).tolist() == GOLDENS["frequency_bins"]
    assert binned(np.sqrt(COUNTS), 3).tolist() == GOLDENS["sqrt_bins"]


@pytest.mark.parametrize("classes", [1, 2, 5, 30, 100])
def test_every_word_is_in_one_class_and_a_class_is_a_stretch(classes):
    counts = np.maximum(1000 // np.arange(1, 101), 1)
    bins = binned(np.sqrt(counts), classes)
    assert bins[0] == 0
    assert set(np.diff(bins).tolist()) <= {0, 1}
    head = make(counts, classes=classes)
    assert head.starts[0] == 0
    assert head.starts[-1] == 100
    assert len(head.starts) - 1 == bins[-1] + 1 == len(head.class_bias)


def test_C23_probabilities_and_gradients_are_those_of_the_golden():
    head = make(classes=3, hidden=1)
    for parameter in (head.weight, head.class_weight):
        parameter.data.zero_()
    head.class_bias.data = torch.tensor(GOLDENS["class_logits"])
    head.bias.data = torch.tensor(GOLDENS["word_logits"], dtype=torch.float64)
    rows = torch.zeros(1, 1, 1)
    np.testing.assert_allclose(head.next(rows)[0, 0].detach(), GOLDENS["log_probs"], atol=1e-12)
    nats = head.loss(Padded(rows), Padded(torch.tensor([[GOLDENS["target"]]]))).nats
    assert nats.item() == pytest.approx(GOLDENS["loss"], abs=1e-12)
    of_classes, of_words = torch.autograd.grad(nats, [head.class_bias, head.bias])
    np.testing.assert_allclose(of_classes, GOLDENS["gradient_class"], atol=1e-12)
    np.testing.assert_allclose(of_words, GOLDENS["gradient_words"], atol=1e-12)


def test_words_alone_in_their_class_cost_the_class_only():
    head = make(classes=len(COUNTS), by="root")
    alone = [word for word, start in enumerate(head.starts[:-1]) if head.starts[word + 1] - start == 1]
    assert alone
    hidden, target = torch.randn(1, 4, 3), torch.zeros(1, 4, dtype=torch.int64)
    expected = -torch.log_softmax(hidden @ head.class_weight.t() + head.class_bias, -1)[..., 0]
    torch.testing.assert_close(head.nll(hidden, target), expected, atol=1e-12, rtol=0)


def test_a_class_is_read_a_few_rows_at_a_time_with_the_same_result(monkeypatch):
    head, hidden, target = make(classes=2), torch.randn(4, 50, 3), torch.randint(len(COUNTS), (4, 50))
    found = []
    for size in (2**21, 1):
        monkeypatch.setattr(cross_entropy, "_MOST_ROWS", size)
        head.zero_grad()
        nats = head.loss(Padded(hidden), Padded(target)).nats
        nats.backward()
        found.append([nats.detach(), *(one.grad for one in head.parameters()), head.nll(hidden, target)])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_more_classes_than_words_are_refused():
    with pytest.raises(ConfigError, match=r"classes: got 9, expected at most 7, the size of the vocabulary"):
        make(classes=9)


def test_words_that_nobody_counted_are_refused():
    with pytest.raises(ConfigError, match="makes classes of words by how often they occur, and nobody counted"):
        ClassSoftmaxHead(3, Classes(list("abc")))
