"""Softmaxes are mixed as probabilities, not as logits."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.records import Padded
from elman.heads.mixture_of_softmaxes import MixtureOfSoftmaxesHead
from elman.layers import cross_entropy
from elman.moment import Moment, Noise
from tests.asking import classes

GOLDENS = json.loads((Path(__file__).parent / "goldens_vocabulary.json").read_text())["G5_mos"]

pytestmark = pytest.mark.usefixtures("float64")


def make(**options):
    head = MixtureOfSoftmaxesHead(2, classes(4), MixtureOfSoftmaxesHead.Config(experts=2, **options))
    values = {
        "prior": GOLDENS["prior"],
        "latent_weight": np.concatenate(GOLDENS["W"]),
        "latent_bias": np.concatenate(GOLDENS["b"]),
        "weight": GOLDENS["E"],
        "bias": GOLDENS["bias"],
    }
    for name, value in values.items():
        parameter = getattr(head, name)
        assert parameter.shape == np.shape(value)
        parameter.data = torch.tensor(np.array(value), dtype=torch.float64)
    return head


def test_it_is_the_golden_mixture_and_not_that_of_contexts():
    rows = torch.tensor(GOLDENS["h"])[None, None]
    np.testing.assert_allclose(make().next(rows)[0, 0].detach(), GOLDENS["log_probs"], atol=1e-12)


def test_a_likelihood_has_no_floor():
    head = make()
    head.bias.data[0] = -500.0
    nats = head.nll(torch.zeros(1, 1, 2), torch.zeros(1, 1, dtype=torch.int64))
    assert nats.item() > 490


def test_few_rows_at_a_time_give_the_same(monkeypatch):
    head, hidden, target, found = make(), torch.randn(4, 30, 2), torch.randint(4, (4, 30)), []
    for size in (2**21, 1):
        monkeypatch.setattr(cross_entropy, "_MOST_ROWS", size)
        head.zero_grad()
        nats = head.loss(Padded(hidden), Padded(target)).nats
        nats.backward()
        found.append([nats.detach(), *(one.grad for one in head.parameters()), head.nll(hidden, target)])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_what_experts_read_is_dropped_out_in_training_only():
    head, hidden, target = make(dropout=0.5), Padded(torch.randn(2, 9, 2)), Padded(torch.randint(4, (2, 9)))
    found = [head.loss(hidden, target, Moment(Noise(1, step))).nats.item() for step in (0, 1, 0)]
    assert found[0] == found[2] != found[1]
    assert head.loss(hidden, target).nats.item() == make().loss(hidden, target).nats.item()
