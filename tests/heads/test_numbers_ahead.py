"""Heads over numbers: the brief's goldens, closed forms, units, missing values."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Ahead, Classes
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads import HEADS
from elman.heads.gaussian import GaussianHead
from elman.heads.quantiles import QuantilesHead
from elman.heads.sigmoid import SigmoidHead

pytestmark = pytest.mark.usefixtures("float64")
GOLDENS = json.loads((Path(__file__).parent / "goldens_ahead.json").read_text())
H = 4


def gaussian(mean, sigma, deviations=(1.0,)):
    """Return a head that says the same whatever it reads, and a state to read."""
    head = GaussianHead(H, Ahead(1, np.array(deviations)))
    with torch.no_grad():
        head.weight.zero_()
        raw = [value for _ in deviations for value in (mean, math.log(math.expm1(sigma - 1e-3)))]
        head.bias.copy_(torch.tensor(raw))
    return head, Padded(torch.randn(1, 1, H))


@pytest.mark.parametrize("golden", GOLDENS["gaussian"], ids=str)
def test_the_gaussian_has_the_constant_of_its_density(golden):
    head, hidden = gaussian(golden["mean"], golden["sigma"])
    target = Padded(torch.tensor([[[golden["target"]]]]))
    assert head.loss(hidden, target).nats.item() == pytest.approx(golden["nll"], abs=1e-12)
    assert head.nll(hidden, target).tolist() == [[pytest.approx(golden["nll"], abs=1e-12)]]


def test_the_gaussian_is_a_density_of_the_data_as_they_are():
    mean, sigma, deviation = 0.3, 0.7, 25.0
    head, hidden = gaussian(mean, sigma, (deviation,))
    own = torch.linspace(-400.0, 400.0, 80_001)
    target = Padded((own / deviation)[None, :, None])
    nats = head.nll(Padded(hidden.values.expand(1, len(own), H)), target)[0].detach()
    assert float((-nats).exp().sum() * (own[1] - own[0])) == pytest.approx(1.0, abs=1e-9)
    expected = -torch.distributions.Normal(mean * deviation, sigma * deviation).log_prob(own)
    torch.testing.assert_close(nats, expected, atol=1e-10, rtol=0)


def test_the_scale_of_each_column_comes_again_at_every_step():
    head = GaussianHead(H, Ahead(2, np.array([2.0, 0.5])))
    assert head.log_scale.tolist() == pytest.approx(np.log([2.0, 0.5, 2.0, 0.5]).tolist())


def test_quantiles_of_the_gaussian_are_those_of_the_normal():
    head, hidden = gaussian(0.3, 0.7)
    expected = torch.distributions.Normal(0.3, 0.7).icdf(torch.tensor([0.1, 0.5, 0.9]))
    torch.testing.assert_close(head.quantiles(hidden)[0, 0, 0], expected, atol=1e-8, rtol=0)
    assert head.best(hidden).values.item() == pytest.approx(0.3)


def fixed_quantiles(forecast):
    """Return a head that forecasts these quantiles, in order, whatever it reads."""
    levels = GOLDENS["pinball"]["quantiles"]
    head = QuantilesHead(H, Ahead(1, np.ones(1)), QuantilesHead.Config(quantiles=levels))
    with torch.no_grad():
        head.weight.zero_()
        steps = [math.log(math.expm1(other - one)) for one, other in pairwise(forecast)]
        head.bias.copy_(torch.tensor([forecast[0], *steps]))
    return head


def test_pinball_losses_are_those_computed_elsewhere():
    golden = GOLDENS["pinball"]
    for target, forecast, losses in zip(golden["targets"], golden["forecasts"], golden["matrix"], strict=True):
        head, hidden = fixed_quantiles(forecast), Padded(torch.randn(1, 1, H))
        torch.testing.assert_close(head.quantiles(hidden)[0, 0, 0], torch.tensor(forecast), atol=1e-12, rtol=0)
        found = head.loss(hidden, Padded(torch.tensor([[[target]]])))
        assert found.nats.item() == pytest.approx(sum(losses) / len(losses), abs=1e-12)
        assert head.best(hidden).values.item() == pytest.approx(forecast[1])
        assert head.nll(hidden, Padded(torch.tensor([[[target]]]))) is None


def test_quantiles_never_cross():
    head = QuantilesHead(H, Ahead(3, np.ones(2)))
    found = head.quantiles(Padded(torch.randn(5, 7, H) * 50))
    assert (found.diff(dim=-1) >= 0).all()


@pytest.mark.parametrize("kind", [GaussianHead, QuantilesHead])
def test_what_is_missing_has_no_loss_and_no_gradient(kind):
    head, hidden = kind(H, Ahead(2, np.array([1.0, 3.0]))), torch.randn(1, 2, H, requires_grad=True)
    target = torch.randn(1, 2, 4)
    target[0, 0, 1] = target[0, 1] = torch.nan
    found = head.loss(Padded(hidden), Padded(target))
    assert found.targets == 2
    whole = torch.where(target.isnan(), 0.0, target)
    alone = head.losses(hidden[0, :1], whole[0, :1])[0]
    torch.testing.assert_close(found.nats, alone[[0, 2, 3]].sum(), atol=1e-12, rtol=0)
    gradients = torch.autograd.grad(found.nats, [hidden, *head.parameters()])
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert not gradients[0][0, 1].any()
    assert not torch.equal(gradients[0][0, 0], torch.zeros(H))


def test_notes_are_summed_over_keys_and_averaged_over_steps():
    golden = GOLDENS["music"]
    head = SigmoidHead(3, Classes(["60", "64", "67"], several=True))
    with torch.no_grad():
        head.weight.copy_(torch.eye(3))
        head.bias.zero_()
    hidden, target = Padded(torch.tensor([golden["logits"]])), Padded(torch.tensor([golden["targets"]]))
    assert head.nll(hidden, target)[0].tolist() == pytest.approx(golden["nats_by_step"], abs=1e-12)
    found = head.loss(hidden, target)
    assert (found.nats / found.targets).item() == pytest.approx(golden["nats_per_step"], abs=1e-12)
    mean = functional.binary_cross_entropy_with_logits(hidden.values, target.values.double())
    assert (found.nats / found.targets).item() == pytest.approx(3 * mean.item())  # not the mean over keys


@pytest.mark.parametrize(
    ("quantiles", "shown"),
    [
        ([0.5, 0.1], "0.5, 0.1"),
        ([0.1, 0.9], "0.1, 0.9"),
        ([0.0, 0.5], "0, 0.5"),
        ([0.5, 1.0], "0.5, 1"),
        ([0.5, 0.5], "0.5, 0.5"),
    ],
    ids=str,
)
def test_quantiles_that_mean_nothing_are_refused(quantiles, shown):
    message = rf"got {shown}, expected numbers between 0 and 1 that rise, with 0\.5 among them\."
    with pytest.raises(ValueError, match=message):
        QuantilesHead.Config(quantiles=quantiles)


@pytest.mark.parametrize("name", ["gaussian", "quantiles"])
def test_a_head_over_numbers_refuses_classes(name):
    kind = HEADS.get(name)
    with pytest.raises(ConfigError, match=rf"^model\.head: {kind.__name__} forecasts numbers, not classes\.$"):
        kind(H, Classes(["a", "b"]))
