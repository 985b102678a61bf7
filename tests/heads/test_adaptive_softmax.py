"""The adaptive softmax against torch's, and what it refuses."""

import pytest
import torch
from torch import nn

from elman.errors import ConfigError
from elman.heads.adaptive_softmax import AdaptiveSoftmaxHead
from tests.asking import best, classes, loss

B, T, H, V = 4, 9, 16, 300
CUTOFFS = [20, 100]
pytestmark = pytest.mark.usefixtures("float64")


def pair():
    """Return torch's module and our head with its weights. torch's clusters have no biases."""
    theirs = nn.AdaptiveLogSoftmaxWithLoss(H, V, CUTOFFS, div_value=4.0)
    ours = AdaptiveSoftmaxHead(H, classes(V), AdaptiveSoftmaxHead.Config(cutoffs=CUTOFFS, division=4.0))
    with torch.no_grad():
        ours.bias.zero_()
        ours.weights[0].copy_(theirs.head.weight[:20])
        ours.clusters.copy_(theirs.head.weight[20:])
        for cluster, (projection, output) in enumerate(theirs.tail):
            ours.projections[cluster].copy_(projection.weight)
            ours.weights[cluster + 1].copy_(output.weight)
    return theirs, ours


def test_C23_F7_F8_it_is_torchs_with_gradients():
    theirs, ours = pair()
    hidden, target = torch.randn(B, T, H), torch.randint(V, (B, T))
    inputs = [hidden.clone().requires_grad_() for _ in range(2)]
    output, _ = theirs(inputs[0].flatten(0, 1), target.flatten())
    (-output.sum()).backward()
    nats, count = loss(ours, inputs[1], target)
    nats.backward()
    assert count == B * T
    torch.testing.assert_close(nats, -output.sum(), atol=1e-10, rtol=0)
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, atol=1e-12, rtol=0)
    torch.testing.assert_close(ours.weights[0].grad, theirs.head.weight.grad[:20], atol=1e-12, rtol=0)
    torch.testing.assert_close(ours.weights[2].grad, theirs.tail[1][1].weight.grad, atol=1e-12, rtol=0)
    torch.testing.assert_close(ours.projections[0].grad, theirs.tail[0][0].weight.grad, atol=1e-12, rtol=0)
    torch.testing.assert_close(ours.next(hidden[0]), theirs.log_prob(hidden[0]), atol=1e-12, rtol=0)
    assert torch.equal(best(ours, hidden).flatten(), theirs.predict(hidden.flatten(0, 1)))


def test_a_batch_without_rare_words_trains_the_head_only():
    _, ours = pair()
    hidden = torch.randn(B, T, H, requires_grad=True)
    loss(ours, hidden, torch.randint(20, (B, T))).nats.backward()
    assert torch.equal(ours.weights[2].grad, torch.zeros_like(ours.weights[2]))
    assert (hidden.grad != 0).all()


@pytest.mark.parametrize("size", [1, 2, 7, 66, 33278])
def test_default_cuts_suit_every_vocabulary(size):
    head = AdaptiveSoftmaxHead(4, classes(size))
    assert head.borders[0] == 0
    assert head.borders[-1] == size
    assert head.borders == sorted(set(head.borders))
    torch.testing.assert_close(head.next(torch.randn(4)).exp().sum(), torch.tensor(1.0), atol=1e-10, rtol=0)


def test_default_cuts_are_shares_of_the_vocabulary():
    assert AdaptiveSoftmaxHead(4, classes(10000)).borders == [0, 150, 600, 1800, 4500, 10000]


def test_cuts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"got \[5, 5\], expected rising numbers from 1\."):
        AdaptiveSoftmaxHead.Config(cutoffs=[5, 5])
    with pytest.raises(ConfigError, match=r"cutoffs: got \[5, 30\], expected numbers below 30, the vocabulary\."):
        AdaptiveSoftmaxHead(4, classes(30), AdaptiveSoftmaxHead.Config(cutoffs=[5, 30]))
