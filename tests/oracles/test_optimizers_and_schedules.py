"""Update rules and schedules against their formulas."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from elman.errors import CheckpointError
from elman.training.optimizers import load_optimizer_arrays, make_optimizer, optimizer_arrays
from elman.training.schedules import make_schedule
from elman.training.settings import DEFAULT_RATES, TrainingConfig


def by_formula(name, theta, gradients, rate, decay):
    """Return θ after some updates, written out."""
    v = m = s = np.zeros_like(theta)
    for t, g in enumerate(gradients, start=1):
        if name == "adamw":
            theta = theta - rate * decay * theta
        else:
            g = g + decay * theta
        if name == "sgd":
            theta = theta - rate * g
        elif name == "momentum":
            v = 0.9 * v + g
            theta = theta - rate * v
        elif name == "adagrad":
            s = s + g**2
            theta = theta - rate * g / (np.sqrt(s) + 1e-10)
        else:
            m, s = 0.9 * m + 0.1 * g, 0.99 * s + 0.01 * g**2
            theta = theta - rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
    return theta


@pytest.mark.parametrize("name", sorted(DEFAULT_RATES))
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_updates_follow_the_formula(name, decay):
    draw = np.random.default_rng(1)
    start, gradients = draw.normal(size=6), draw.normal(size=(4, 6))
    theta = nn.Parameter(torch.tensor(start))
    optimizer = make_optimizer(TrainingConfig(optimizer=name, weight_decay=decay, learning_rate=0.05), [theta])
    for gradient in gradients:
        theta.grad = torch.tensor(gradient)
        optimizer.step()
    np.testing.assert_allclose(theta.detach().numpy(), by_formula(name, start, gradients, 0.05, decay), atol=1e-10)


@pytest.mark.parametrize("name", sorted(DEFAULT_RATES))
def test_what_an_optimizer_remembers_round_trips(name):
    def network():
        torch.manual_seed(2)
        return nn.Linear(3, 2)

    def step(module, optimizer, seed):
        torch.manual_seed(seed)
        optimizer.zero_grad()
        module(torch.randn(5, 3)).square().sum().backward()
        optimizer.step()

    whole, part = network(), network()
    config = TrainingConfig(optimizer=name, learning_rate=0.01)
    first, second = make_optimizer(config, whole.parameters()), make_optimizer(config, part.parameters())
    for seed in range(4):
        step(whole, first, seed)
    for seed in range(2):
        step(part, second, seed)
    resumed = network()
    resumed.load_state_dict(part.state_dict())
    third = make_optimizer(config, resumed.parameters())
    load_optimizer_arrays(third, resumed, optimizer_arrays(second, part))
    for seed in range(2, 4):
        step(resumed, third, seed)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    for mine, theirs in zip(resumed.parameters(), whole.parameters(), strict=True):
        shapes = [
            {k: (v.shape, v.dtype) for k, v in o.state[p].items() if v is not None}
            for o, p in ((third, mine), (first, theirs))
        ]
        assert shapes[0] == shapes[1]


def test_a_memory_of_a_weight_that_is_not_there_is_refused():
    module = nn.Linear(2, 2)
    optimizer = make_optimizer(TrainingConfig(), module.parameters())
    with pytest.raises(CheckpointError, match="the checkpoint remembers exp_avg of 'other', which the model does not"):
        load_optimizer_arrays(optimizer, module, {"other/exp_avg": np.zeros(2)})


def test_cosine_rises_then_falls_to_zero():
    schedule = make_schedule(TrainingConfig(schedule="cosine", warmup=0.1), 1000)
    factors = [schedule.factor(step, 0) for step in range(1000)]
    assert factors[:100] == pytest.approx([(step + 0.5) / 100 for step in range(100)])
    assert factors[549] == pytest.approx(0.5, abs=1e-3)
    assert factors[-1] < 1e-5
    assert all(a > b for a, b in itertools.pairwise(factors[100:]))


def test_step_decay_is_zarembas():
    schedule = make_schedule(TrainingConfig(schedule="step", decay=0.5, decay_after=4), 10)
    assert [schedule.factor(0, epoch) for epoch in range(7)] == [1, 1, 1, 1, 0.5, 0.25, 0.125]


def test_plateau_waits_then_decays_and_keeps_its_count():
    schedule = make_schedule(TrainingConfig(schedule="plateau", decay=0.1, patience=1), 10)
    seen = []
    for improved in (True, False, False, False, True, False, False):
        schedule.validated(improved)
        seen.append(schedule.factor(0, 0))
    assert seen == pytest.approx([1, 1, 0.1, 0.1, 0.1, 0.1, 0.01])
    other = make_schedule(TrainingConfig(schedule="plateau", decay=0.1, patience=1), 10)
    other.restore(schedule.state())
    assert other == schedule


def test_a_constant_rate_is_constant():
    schedule = make_schedule(TrainingConfig(schedule="constant"), 10)
    schedule.validated(False)
    assert {schedule.factor(step, step) for step in range(10)} == {1.0}
    schedule.restore(schedule.state())
    assert math.isclose(schedule.factor(3, 3), 1.0)
