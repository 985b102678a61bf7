"""A cell whose output is narrower than its memory passes through everything that holds cells."""

import numpy as np
import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.layers.packing import Packing
from elman.layers.pooling import Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.regularization import Regularization, draw_masks, regularized
from elman.layers.unroll import unroll
from elman.models.rnn_lm import RnnLM
from elman.moment import Moment, Noise
from tests.layers.projected import ProjectedLSTMCell

pytestmark = pytest.mark.usefixtures("float64")
CELL = {"cell": "tests.layers.projected:ProjectedLSTMCell", "cell_options": {"projection": 3}, "hidden_size": 5}
B, T, I = 4, 5, 2
LENGTHS = torch.tensor([5, 0, 3, 4])
RATES = {"hidden_dropout": 0.3, "candidate_dropout": 0.2, "zoneout": 0.2, "zoneout_memory": 0.4, "weight_drop": 0.3}


@pytest.fixture(autouse=True)
def _found():
    assert CELLS.get("tests.layers.projected:ProjectedLSTMCell") is ProjectedLSTMCell


def test_it_equals_torch():
    cell, theirs = ProjectedLSTMCell(I, 5), nn.LSTM(I, 5, proj_size=3, batch_first=True)
    theirs.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    x, before = torch.randn(B, T, I), cell.initial_state(B).map(torch.randn_like)
    expected, after = theirs(x, tuple(part[None] for part in before))
    packing = Packing(B, T)
    found = unroll(cell, packing.pack(x), packing, before)
    torch.testing.assert_close(packing.unpack(found.outputs), expected, atol=1e-12, rtol=0)
    for ours, part in zip(found.state, after, strict=True):
        torch.testing.assert_close(ours, part[0], atol=1e-12, rtol=0)


def test_masks_have_the_widths_of_what_they_act_on():
    cell, packing = ProjectedLSTMCell(I, 5), Packing(B, T, LENGTHS)
    masks = draw_masks(cell, Regularization(**RATES), Noise(1, 0), packing)
    shapes = [tuple(mask.shape) for mask in (*masks.drops, *masks.stays.values())]
    assert shapes == [(12, 3), (12, 5), (12, 3), (12, 5)]
    x = packing.pack(torch.randn(B, T, I))
    for noise in (Noise(1, 0), None):
        step = regularized(cell, Regularization(**RATES), noise, packing)
        assert unroll(step, x, packing, cell.initial_state(B)).outputs.shape == (12, 3)


@pytest.mark.parametrize("connections", ["plain", "residual", "dense", "highway"])
@pytest.mark.parametrize("both", [{}, {"bidirectional": True}, {"bidirectional": True, "merge": "sum"}], ids=str)
def test_stacks_and_pooling(connections, both):
    config = RecurrentConfig(
        **CELL, num_layers=2, connections=connections, regularization=Regularization(**RATES), **both
    )
    stack = RecurrentStack(I, config)
    mask, x = torch.arange(T) < LENGTHS[:, None], torch.randn(B, T, I)
    for noise in (Noise(1, 0), None):
        out = stack(x, stack.initial_state(B), mask, noise)
        assert out.hidden.shape == (B, T, stack.output_size)
        for kind in ("last", "max", "attention"):
            if kind == "last" and connections != "plain":
                continue
            pooling = Pooling(kind, stack.output_size, config)
            assert pooling(out, mask, noise)[0].shape == (B, pooling.output_size)


def test_a_language_model_learns_and_writes_with_it():
    tokens = Tokens([str(number) for number in range(7)])
    model = RnnLM(RnnLM.Config(**CELL, num_layers=2), {"tokens": tokens}, {"next_token": tokens})
    ids = np.random.default_rng(0).integers(0, 7, (3, 6))
    batch = Batch(3, {"tokens": Padded(ids[:, :-1]), "next_token": Padded(ids[:, 1:])})
    loss = model.loss(batch, model.initial_state(3), Moment(Noise(0, 0)))
    loss.heads["next_token"].nats.backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())
    stepper = model.stepper()
    read = stepper.read(ids, None, stepper.begin(np.arange(3)))
    expected = model.loss(batch, model.initial_state(3), None).heads["next_token"].nats
    assert read.nats.sum() == pytest.approx(expected.item())
