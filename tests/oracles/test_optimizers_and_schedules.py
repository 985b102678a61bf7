"""Update rules and schedules against their formulas."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from elman.errors import CheckpointError
from elman.heads.softmax import SoftmaxHead
from elman.layers.embedding import Embedding
from elman.runs.configuration import DEFAULT_RATES, TrainingConfig
from elman.training import optimizers
from elman.training.averaging import NonMonotonicAverage
from elman.training.optimizers import Optimizer, clip_by_global_norm
from elman.training.schedules import make_schedule
from tests.asking import classes


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
    network = nn.ParameterDict({"theta": theta})
    optimizer = Optimizer(TrainingConfig(optimizer=name, weight_decay=decay, learning_rate=0.05), network)
    for gradient in gradients:
        theta.grad = torch.tensor(gradient)
        optimizer.step(0.05)
    np.testing.assert_allclose(theta.detach().numpy(), by_formula(name, start, gradients, 0.05, decay), atol=1e-10)


RULES = [*({"optimizer": name} for name in sorted(DEFAULT_RATES)), {"optimizer": "adam", "lazy_rows": True}]


class Looked(nn.Module):
    """A table of vectors and a linear layer."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        self.embedding, self.linear = Embedding(9, 3), nn.Linear(3, 2)

    def forward(self, ids):
        return self.linear(self.embedding(ids))


def update(network, optimizer, ids, rate=0.01):
    optimizer.zero_grad()
    network(torch.tensor(ids)).square().sum().backward()
    clip_by_global_norm(network.parameters(), 0.1)
    optimizer.step(rate)


LOOKED_UP = [[1, 2, 2, 5], [0, 0, 3, 1], [7, 2, 3, 4], [5, 5, 5, 5]]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_what_an_optimizer_remembers_round_trips(rule):
    whole, part, resumed = Looked(), Looked(), Looked()
    config = TrainingConfig(**rule)
    first, second = Optimizer(config, whole), Optimizer(config, part)
    for ids in LOOKED_UP:
        update(whole, first, ids)
    for ids in LOOKED_UP[:2]:
        update(part, second, ids)
    resumed.load_state_dict(part.state_dict())
    third = Optimizer(config, resumed)
    third.load(second.arrays())
    for ids in LOOKED_UP[2:]:
        update(resumed, third, ids)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    assert {k: (v.shape, v.dtype) for k, v in third.arrays().items()} == {
        k: (v.shape, v.dtype) for k, v in first.arrays().items()
    }


def test_a_memory_of_a_weight_that_is_not_there_is_refused():
    optimizer = Optimizer(TrainingConfig(), nn.Linear(2, 2))
    with pytest.raises(CheckpointError, match="the checkpoint has memories of 'other', which the model does not have"):
        optimizer.load({"other/exp_avg": np.zeros(2)})


def trained(sparse, rule, monkeypatch):
    network = Looked().double()
    with monkeypatch.context() as patch:
        if not sparse:
            patch.setattr(optimizers, "_tables", lambda network: [])
        optimizer = Optimizer(TrainingConfig(**rule), network)
    for ids in LOOKED_UP:
        update(network, optimizer, ids, 0.3)
    return network


@pytest.mark.parametrize("name", ["sgd", "adagrad"])
def test_updates_of_looked_up_rows_are_exactly_those_of_the_whole_table(name, monkeypatch):
    rows, table = (trained(sparse, {"optimizer": name}, monkeypatch) for sparse in (True, False))
    assert rows.embedding.weight.grad.is_sparse
    assert not table.embedding.weight.grad.is_sparse
    for left, right in zip(rows.parameters(), table.parameters(), strict=True):
        torch.testing.assert_close(left, right, atol=1e-14, rtol=0)


@pytest.mark.parametrize(
    ("rule", "sparse"),
    [
        ({"optimizer": "sgd"}, True),
        ({"optimizer": "sgd", "weight_decay": 0.1}, False),
        ({"optimizer": "adagrad"}, True),
        ({"optimizer": "momentum"}, False),
        ({"optimizer": "adamw"}, False),
        ({"optimizer": "adamw", "lazy_rows": True}, True),
    ],
    ids=str,
)
def test_which_rules_update_looked_up_rows_only(rule, sparse):
    network = Looked()
    Optimizer(TrainingConfig(**rule), network)
    assert network.embedding.sparse_rows is sparse


def test_a_table_that_is_also_the_softmax_is_updated_as_a_whole():
    network = Looked()
    network.head = SoftmaxHead(3, classes(9))
    network.head.tie(network.embedding.weight)
    Optimizer(TrainingConfig(optimizer="sgd"), network)
    assert not network.embedding.sparse_rows


def test_lazy_rows_leave_the_others_alone():
    network = Looked()
    optimizer = Optimizer(TrainingConfig(optimizer="adamw", lazy_rows=True), network)
    before = network.embedding.weight.detach().clone()
    for ids in LOOKED_UP:
        update(network, optimizer, ids)
    moved = (network.embedding.weight != before).any(1)
    assert moved.tolist() == [True, True, True, True, True, True, False, True, False]


def test_lazy_rows_are_refused_where_there_is_no_such_rule():
    with pytest.raises(ValueError, match=r"lazy_rows: got optimizer momentum with weight_decay 0, expected adam or"):
        TrainingConfig(optimizer="momentum", lazy_rows=True)
    with pytest.raises(ValueError, match=r"got optimizer adamw with weight_decay 0\.1, expected adam or adamw without"):
        TrainingConfig(optimizer="adamw", lazy_rows=True, weight_decay=0.1)


def test_a_row_that_is_looked_up_twice_counts_once_in_the_norm():
    found = []
    for sparse in (True, False):
        network = Looked().double()
        network.embedding.sparse_rows = sparse
        network(torch.tensor([1, 1, 2, 1])).square().sum().backward()
        norm = clip_by_global_norm(network.parameters(), 0.5)
        found.append([torch.tensor(norm), *(p.grad.to_dense() for p in network.parameters())])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_the_average_starts_when_validation_stops_getting_better_and_is_the_mean_since():
    network = nn.ParameterDict({"w": nn.Parameter(torch.zeros(2))})
    average = NonMonotonicAverage(network, 2)
    started = [average.validated(loss) for loss in (5.0, 4.0, 4.5, 3.0, 3.5, 3.9, 4.4)]
    # v_k > min(v_1 .. v_{k-3}): 3.9 < 4, but 4.4 > 3
    assert started == [False] * 6 + [True]
    seen = []
    for step in range(1, 5):
        network["w"].data += step
        seen.append(network["w"].detach().clone())
        average.updated()
    with average.applied():
        torch.testing.assert_close(network["w"].data, torch.stack(seen).mean(0))
        assert not average.validated(99.0)
    assert torch.equal(network["w"].data, seen[-1])
    other = NonMonotonicAverage(network, 2)
    other.restore(average.state(), average.arrays())
    network["w"].data += 7
    for one in (average, other):
        one.updated()
    with average.applied():
        mine = network["w"].data.clone()
    with other.applied():
        assert torch.equal(network["w"].data, mine)


def test_nothing_is_averaged_before_the_start():
    network = nn.Linear(2, 2)
    average = NonMonotonicAverage(network, 5)
    before = network.weight.detach().clone()
    average.updated()
    with average.applied():
        assert torch.equal(network.weight, before)
    assert average.arrays() == {}


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
    schedule = make_schedule(TrainingConfig(schedule="plateau", decay=0.1, decay_patience=1), 10)
    seen = []
    for improved in (True, False, False, False, True, False, False):
        schedule.validated(improved)
        seen.append(schedule.factor(0, 0))
    assert seen == pytest.approx([1, 1, 0.1, 0.1, 0.1, 0.1, 0.01])
    other = make_schedule(TrainingConfig(schedule="plateau", decay=0.1, decay_patience=1), 10)
    other.restore(schedule.state())
    assert other == schedule


def test_a_constant_rate_is_constant():
    schedule = make_schedule(TrainingConfig(schedule="constant"), 10)
    schedule.validated(False)
    assert {schedule.factor(step, step) for step in range(10)} == {1.0}
    schedule.restore(schedule.state())
    assert math.isclose(schedule.factor(3, 3), 1.0)
