"""The mixture over points of a pen, against what others compute, closed forms and finite differences."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.outlines import Classes, Points
from elman.data.records import Padded
from elman.errors import ConfigError, TrainingError
from elman.heads.mixture_density import Mixture, MixtureDensityHead

GOLDEN = json.loads((Path(__file__).parent / "golden_points.json").read_text())
RAW = [GOLDEN["raw"]["end"], *(one for name, part in GOLDEN["raw"].items() if name != "end" for one in part)]

pytestmark = pytest.mark.usefixtures("float64")


def head_of(raw, components, clip=100.0):
    """Return a head whose outputs are these, whatever it is given."""
    head = MixtureDensityHead(1, Points(), MixtureDensityHead.Config(components=components, clip=clip))
    head.weight.data.zero_()
    head.bias.data = torch.tensor(raw)
    return head


def nats(head, *point):
    """Return -log p of a point."""
    return head.nll(Padded(torch.zeros(1, 1, 1)), Padded(torch.tensor([[point]])))[0, 0]


def test_the_golden_point_has_the_density_of_scipy():
    head = head_of(RAW, 2)
    x, y = GOLDEN["point"]
    for up, name in ((1.0, "pen_nll_up"), (0.0, "pen_nll_down")):
        expected = GOLDEN["mixture_nll"] + GOLDEN[name]
        assert nats(head, x, y, up).item() == pytest.approx(expected, abs=1e-12)
    found = Mixture.of(torch.tensor(RAW))
    joint = found.joint(found.standard(torch.tensor([x, y, 1.0]))[2])
    assert joint.softmax(-1).tolist() == pytest.approx(GOLDEN["responsibilities"], abs=1e-12)


def test_the_golden_gradient_is_that_of_the_outputs():
    head = head_of(RAW, 2)
    (gradient,) = torch.autograd.grad(nats(head, *GOLDEN["point"], 1.0), head.bias)
    golden = GOLDEN["gradients_pen_up"]
    expected = [golden["end"], *(one for name, part in golden.items() if name != "end" for one in part)]
    assert gradient.tolist() == pytest.approx(expected, abs=1e-9)


def test_each_number_of_the_gradient_is_cut_off_before_it_is_divided_by_the_points():
    whole, cut = head_of(RAW, 2), head_of(RAW, 2, clip=0.4)
    (expected,) = torch.autograd.grad(nats(whole, *GOLDEN["point"], 1.0), whole.bias)
    (gradient,) = torch.autograd.grad(nats(cut, *GOLDEN["point"], 1.0) / 10, cut.bias)
    assert torch.allclose(gradient, expected.clamp(-0.4, 0.4) / 10, atol=1e-12)
    assert expected.abs().max() > 0.4


def test_the_density_is_one_of_points():
    head = head_of(RAW, 2)
    axis = torch.linspace(-12, 12, 601)
    x, y = torch.meshgrid(axis, axis, indexing="ij")
    total = 0.0
    for up in (0.0, 1.0):
        points = torch.stack([x, y, torch.full_like(x, up)], -1).reshape(1, -1, 3)
        found = head.nll(Padded(torch.zeros(1, points.shape[1], 1)), Padded(points))
        total += (-found).exp().sum().item() * (24 / 600) ** 2
    assert total == pytest.approx(1, abs=1e-6)


def test_points_on_a_component_and_far_from_all_have_numbers():
    raw = [0.0, 0.3, 0.1, 0.0, 0.0, 0.0, 0.0, -60.0, -50.0, -60.0, -50.0, 40.0, -40.0]
    head = head_of(raw, 2)
    at, away = nats(head, 0.0, 0.0, 1.0), nats(head, 3e3, -3e3, 1.0)
    least = math.log(2 * math.pi) + 2 * math.log(1e-3) + 0.5 * math.log(1e-6)
    assert at.item() == pytest.approx(least + math.log(2), abs=1e-6)
    for one in (at, away):
        (gradient,) = torch.autograd.grad(one, head.bias)
        assert torch.isfinite(one)
        assert gradient.abs().max() <= 100  # which NaN is not


def test_what_is_held_at_its_bound_comes_back_and_goes_no_further():
    raw = [0.0, 0.0, 0.0, 0.0, -20.0, 0.0, 20.0]
    (far,) = torch.autograd.grad(nats(head := head_of(raw, 1), 0.5, 0.1, 1.0), head.bias)
    assert far[4] < 0  # a step down the gradient makes σ_1 larger
    (near,) = torch.autograd.grad(nats(head := head_of(raw, 1), 0.0, 0.0, 1.0), head.bias)
    assert near[4] == near[6] == 0


def test_one_point_again_and_again_is_learned_without_an_end():
    head = MixtureDensityHead(2, Points(), MixtureDensityHead.Config(components=3))
    hidden, points = torch.ones(4, 5, 2), torch.tensor([0.3, -0.2, 0.0]).expand(4, 5, 3)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        loss = head.loss(Padded(hidden), Padded(points))
        (loss.nats / loss.targets).backward()
        optimizer.step()
        assert torch.isfinite(loss.nats)
    assert loss.nats / loss.targets < -3


def test_draws_have_the_moments_of_the_mixture():
    head = head_of([-0.8, 0.0, 0.5, -0.3, 0.2, -0.4, 0.6], 1)
    draws = head.draw(torch.zeros(40_000, 1), torch.from_numpy(np.random.default_rng(1).random((40_000, 4))))
    assert draws[:, 0].mean().item() == pytest.approx(0.5, abs=0.03)
    assert draws[:, 1].mean().item() == pytest.approx(-0.3, abs=0.03)
    assert draws[:, 0].std().item() == pytest.approx(math.exp(0.2), rel=0.02)
    assert draws[:, 1].std().item() == pytest.approx(math.exp(-0.4), rel=0.02)
    assert torch.corrcoef(draws[:, :2].T)[0, 1].item() == pytest.approx(math.tanh(0.6), abs=0.02)
    assert draws[:, 2].mean().item() == pytest.approx(1 / (1 + math.exp(-0.8)), abs=0.01)


def test_a_bias_takes_the_likely_for_likelier():
    head = head_of(RAW, 2)
    plain, biased = Mixture.of(torch.tensor(RAW)), Mixture.of(torch.tensor(RAW), 2.0)
    assert torch.allclose(biased.log_sigma_1, plain.log_sigma_1 - 2)
    assert torch.allclose(biased.log_weights, (3 * torch.tensor(GOLDEN["raw"]["weights"])).log_softmax(-1))
    uniforms = torch.from_numpy(np.random.default_rng(2).random((2000, 4)))
    wide, narrow = (head.draw(torch.zeros(2000, 1), uniforms, bias) for bias in (0.0, 20.0))
    assert narrow[:, 0].std() < 0.05 < wide[:, 0].std()
    assert narrow[:, 0].mean().item() == pytest.approx(0.1, abs=0.02)  # of the component with most weight


def test_the_best_point_is_the_middle_of_the_heaviest_component():
    head = head_of(RAW, 2)
    assert head.best(Padded(torch.zeros(1, 1, 1))).values[0, 0].tolist() == [0.1, 0.5, 0.0]


def test_what_is_no_number_or_no_point_is_refused():
    head = head_of([math.nan, *RAW[1:]], 2)
    with pytest.raises(TrainingError, match=r"^The model predicts no numbers \(NaN\)"):
        head.draw(torch.zeros(1, 1), torch.zeros(1, 4))
    with pytest.raises(ConfigError, match=r"^model\.head: mixture_density predicts points, not classes\.$"):
        MixtureDensityHead(3, Classes(["a", "b"]))
