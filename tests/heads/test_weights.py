"""What targets count, against plain expressions of torch: places behind a row and targets of weight 0 are nothing."""

import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Numbers
from elman.data.records import Padded
from elman.heads.adaptive_softmax import AdaptiveSoftmaxHead
from elman.heads.crf import CrfHead
from elman.heads.graded import GradedHead
from elman.heads.sigmoid import SigmoidHead
from elman.heads.softmax import SoftmaxHead
from elman.layers import cross_entropy
from tests.asking import classes

B, T, H, K = 4, 5, 6, 12
LENGTHS = torch.tensor([5, 0, 3, 4])
REAL = torch.arange(T) < LENGTHS[:, None]
pytestmark = pytest.mark.usefixtures("float64")


def softmax():
    head = SoftmaxHead(H, classes(K))

    def nats(hidden, target):
        logits = hidden @ head.weight.t() + head.bias
        return logits.exp().sum(-1).log() - logits.gather(-1, target[..., None])[..., 0]

    return head, torch.randint(K, (B, T)), nats


def smoothed():
    head = SoftmaxHead(H, classes(K), SoftmaxHead.Config(label_smoothing=0.3))

    def nats(hidden, target):
        log_probs = (hidden @ head.weight.t() + head.bias).log_softmax(-1)
        wanted = 0.7 * functional.one_hot(target, K) + 0.3 / K
        return -(wanted * log_probs).sum(-1)

    return head, torch.randint(K, (B, T)), nats


def adaptive_softmax():
    head = AdaptiveSoftmaxHead(H, classes(K), AdaptiveSoftmaxHead.Config(cutoffs=[3, 7]))
    head.bias.data.uniform_(-1, 1)

    def nats(hidden, target):
        first = hidden @ torch.cat([head.weights[0], head.clusters]).t() + head.bias[:5]
        parts = [first.log_softmax(-1)[..., :3]]
        for cluster, biases in ((1, head.bias[5:9]), (2, head.bias[9:])):
            inner = hidden @ head.projections[cluster - 1].t() @ head.weights[cluster].t() + biases
            parts.append(first.log_softmax(-1)[..., 2 + cluster, None] + inner.log_softmax(-1))
        return -torch.cat(parts, -1).gather(-1, target[..., None])[..., 0]

    return head, torch.randint(K, (B, T)), nats


def sigmoid():
    head = SigmoidHead(H, classes(K))

    def nats(hidden, target):
        p = (hidden @ head.weight.t() + head.bias).sigmoid()
        return -torch.where(target, p, 1 - p).log().sum(-1)

    return head, torch.rand(B, T, K) < 0.4, nats


def graded():
    head = GradedHead(H, Numbers(0.0, 1.0, K))

    def nats(hidden, target):
        log_probs = (hidden @ head.weight.t() + head.bias).log_softmax(-1)
        near = (1 - (target[..., None] - torch.arange(K)).abs()).clamp(min=0)  # a hat over the two levels next to it
        return -(near * log_probs).sum(-1)

    return head, torch.rand(B, T) * (K - 1), nats


def some_zeros():
    return torch.rand(B, T) * torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])


WEIGHTS = {
    "every place": some_zeros,
    "every row": lambda: torch.tensor([[0.5], [1.0], [0.0], [3.0]]),
    "booleans": lambda: some_zeros() > 0,
    "booleans of rows": lambda: torch.tensor([[True], [True], [False], [True]]),
    "counts": lambda: torch.tensor([[2], [1], [0], [3]]),
}


@pytest.mark.parametrize("padded", [True, False], ids=["padded", "whole"])
@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("make", [softmax, smoothed, adaptive_softmax, sigmoid, graded])
def test_each_target_counts_what_its_weight_says(monkeypatch, make, kind, padded):
    monkeypatch.setattr(cross_entropy, "_MOST_ROWS", 1)  # rows of 16: several chunks
    (head, target, nats), weights = make(), WEIGHTS[kind]()
    hidden = torch.randn(B, T, H, requires_grad=True)
    parts = [hidden, *head.parameters()]
    real = REAL if padded else torch.ones(B, T, dtype=torch.bool)
    counts = real & (weights != 0).expand(B, T)
    factors = weights.expand(B, T)[counts].to(hidden.dtype)
    expected = (nats(hidden, target)[counts] * factors).sum()
    wanted = torch.autograd.grad(expected, parts)

    hidden.data[~counts] = torch.nan  # what does not count is not looked at
    if weights.dtype == torch.float64 and kind == "every place":
        weights[~real] = torch.nan
    lengths = LENGTHS if padded else None
    found = head.loss(Padded(hidden, lengths), Padded(target, lengths), weights=Padded(weights, lengths))
    assert found.targets == int(counts.sum())
    torch.testing.assert_close(found.nats, expected, atol=1e-11, rtol=0)
    for left, right in zip(torch.autograd.grad(found.nats, parts), wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-11, rtol=0)


def crf():
    return CrfHead(H, classes(K)), torch.randint(K, (B, T)), None


@pytest.mark.parametrize("make", [softmax, adaptive_softmax, sigmoid, graded, crf])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.int64, torch.bool], ids=str)
def test_the_loss_has_the_type_of_the_hidden_states_whatever_that_of_the_weights(make, kind):
    head, target, _ = make()
    hidden = torch.randn(B, T, H).float()
    nats = head.float().loss(Padded(hidden), Padded(target), weights=Padded(torch.ones(B, 1).to(kind))).nats
    assert nats.dtype == torch.float32
    torch.testing.assert_close(nats, head.loss(Padded(hidden), Padded(target)).nats)
