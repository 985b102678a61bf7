"""A cell whose output is narrower than its memory passes through everything that holds cells."""

import numpy as np
import pytest
import torch
from torch import nn

from elman.cells.projected_lstm import ProjectedLSTMCell
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.packing import Packing
from elman.layers.pooling import Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.regularization import Regularization, draw_masks, regularized
from elman.layers.unroll import unroll
from elman.models.rnn_lm import RnnLM
from elman.moment import Moment, Noise

pytestmark = pytest.mark.usefixtures("float64")
CELL = {"cell": "projected_lstm", "cell_options": {"projection": 3}, "hidden_size": 5}
B, T, I = 4, 5, 2
LENGTHS = torch.tensor([5, 0, 3, 4])
RATES = {"hidden_dropout": 0.3, "candidate_dropout": 0.2, "zoneout": 0.2, "zoneout_memory": 0.4, "weight_drop": 0.3}


def make(projection=3):
    return ProjectedLSTMCell(I, 5, ProjectedLSTMCell.Config(projection=projection))


def test_it_equals_torch():
    cell, theirs = make(), nn.LSTM(I, 5, proj_size=3, batch_first=True)
    theirs.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    x, before = torch.randn(B, T, I), cell.initial_state(B).map(torch.randn_like)
    expected, after = theirs(x, tuple(part[None] for part in before))
    packing = Packing(B, T)
    found = unroll(cell, packing.pack(x), packing, before)
    torch.testing.assert_close(packing.unpack(found.outputs), expected, atol=1e-12, rtol=0)
    for ours, part in zip(found.state, after, strict=True):
        torch.testing.assert_close(ours, part[0], atol=1e-12, rtol=0)


@pytest.mark.parametrize("mode", ["reference", "auto"])
def test_its_gradients_are_those_of_torch(monkeypatch, mode):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    cell, theirs = make(), nn.LSTM(I, 5, proj_size=3)
    theirs.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    x, before = torch.randn(T, B, I, requires_grad=True), cell.initial_state(B).map(torch.randn_like)
    packing, weight = Packing(B, T, LENGTHS.clamp(min=1)), torch.randn(T, B, 3)
    packed = nn.utils.rnn.pack_padded_sequence(x, LENGTHS.clamp(min=1), enforce_sorted=False)
    expected, after = theirs(packed, tuple(part[None] for part in before))
    made = unroll(cell, packing.pack(x.transpose(0, 1)), packing, before)
    padded, _ = nn.utils.rnn.pad_packed_sequence(expected)
    totals = [(padded * weight).sum() + after[1].square().sum() + after[0].sum()]
    ours = packing.unpack(made.outputs).transpose(0, 1)
    totals.append((ours * weight).sum() + made.state.c.square().sum() + made.state.h.sum())
    wanted = torch.autograd.grad(totals[0], [x, *theirs.parameters()])
    names = [name.removesuffix("_l0") for name, _ in theirs.named_parameters()]
    found = torch.autograd.grad(totals[1], [x, *(getattr(cell, name) for name in names)])
    torch.testing.assert_close(ours, padded, atol=1e-12, rtol=0)
    for left, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_masks_have_the_widths_of_what_they_act_on():
    cell, packing = make(), Packing(B, T, LENGTHS)
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


def test_it_starts_at_the_forget_bias_and_a_quarter_of_its_units():
    cell = ProjectedLSTMCell(I, 8, ProjectedLSTMCell.Config(forget_bias=2.0))
    assert cell.state_sizes == {"h": 2, "c": 8}
    assert (cell.bias_ih + cell.bias_hh)[8:16].tolist() == [2.0] * 8


def test_sizes_are_those_of_the_paper():
    cell = ProjectedLSTMCell(512, 2048, ProjectedLSTMCell.Config(projection=512))
    assert sum(parameter.numel() for parameter in cell.parameters()) == 9_453_568


@pytest.mark.parametrize("projection", [5, 9])
def test_a_projection_that_does_not_narrow_is_refused(projection):
    message = rf"model\.cell_options\.projection: got {projection} for 5 units, expected fewer: h is what"
    with pytest.raises(ConfigError, match=message):
        make(projection)
