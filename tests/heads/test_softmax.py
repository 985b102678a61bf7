"""The softmax never holds the logits of a whole batch."""

import pytest
import torch

from elman.heads.softmax import SoftmaxHead
from elman.layers import cross_entropy
from tests.asking import classes, loss


@pytest.mark.parametrize(("rows", "classes"), [(5000, 66), (700, 33_278), (40, 10**7), (1, 1), (0, 5)])
def test_chunks_cover_all_rows_and_stay_small(rows, classes):
    chunks = cross_entropy.chunks(rows, classes)
    assert [i for chunk in chunks for i in range(rows)[chunk]] == list(range(rows))
    for chunk in chunks:
        size = len(range(rows)[chunk])
        assert size <= 2048
        assert size * classes <= 2**21 or (size <= 256 and size * classes <= 2**25) or size <= 16


def test_small_chunks_give_the_same_loss_and_gradients(monkeypatch):
    torch.manual_seed(0)
    head = SoftmaxHead(6, classes(50)).double()
    hidden, target = torch.randn(4, 30, 6, dtype=torch.float64), torch.randint(50, (4, 30))
    found = []
    for size in (2**22, 1):
        monkeypatch.setattr(cross_entropy, "_MOST_ROWS", size)
        head.zero_grad()
        inputs = hidden.clone().requires_grad_()
        nats, _ = loss(head, inputs, target)
        nats.backward()
        found.append([nats.detach(), inputs.grad, head.weight.grad, head.bias.grad, head.nll(hidden, target)])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("chunk", [2**22, 1])
def test_smoothed_labels_are_those_of_torch(monkeypatch, weighted, chunk):
    torch.manual_seed(0)
    monkeypatch.setattr(cross_entropy, "_MOST_ROWS", chunk)
    head = SoftmaxHead(6, classes(9), SoftmaxHead.Config(label_smoothing=0.2)).double()
    hidden, target = torch.randn(4, 30, 6, dtype=torch.float64, requires_grad=True), torch.randint(9, (4, 30))
    weights = torch.rand(4, 30, dtype=torch.float64) if weighted else torch.ones(4, 30, dtype=torch.float64)
    found = loss(head, hidden, target, None, weights if weighted else None)
    logits = hidden @ head.weight.t() + head.bias
    each = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), target.flatten(), reduction="none", label_smoothing=0.2
    )
    expected = (each.view(4, 30) * weights).sum()
    torch.testing.assert_close(found.nats, expected, rtol=1e-12, atol=0)
    parts = [hidden, head.weight, head.bias]
    for left, right in zip(torch.autograd.grad(found.nats, parts), torch.autograd.grad(expected, parts), strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)
    # What a model is worth is measured without.
    plain = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").view(4, 30)
    torch.testing.assert_close(head.nll(hidden, target), plain, rtol=1e-12, atol=0)


def test_no_tensor_of_the_size_of_all_logits_is_made(monkeypatch):
    sizes = []
    original = cross_entropy.product

    def product(*arguments, **options):
        result = original(*arguments, **options)
        sizes.append(result.numel())
        return result

    monkeypatch.setattr(cross_entropy, "product", product)
    head = SoftmaxHead(4, classes(3000))
    hidden, target = torch.randn(10, 400, 4, requires_grad=True), torch.randint(3000, (10, 400))
    loss(head, hidden, target).nats.backward()
    assert len(sizes) > 1
    assert max(sizes) < 10 * 400 * 3000 / 2
