"""Curriculum rows A: cells and the ways in which the decks write them. Float64, never from a zero state."""

import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.cells.base import HiddenState
from elman.cells.elman import ElmanCell
from elman.cells.gru import GRUCell
from elman.cells.lstm import LSTMCell
from elman.layers.packing import Packing
from elman.layers.unroll import unroll

B, T, I, H = 3, 5, 4, 6


pytestmark = pytest.mark.usefixtures("float64")


def close(left, right):
    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def elman_with(w_input, w_recurrent, bias=None, activation="tanh"):
    """Return a cell with given matrices; one bias goes into b_ih, b_hh is 0."""
    config = ElmanCell.Config(activation=activation, bias=bias is not None)
    cell = ElmanCell(w_input.shape[1], w_input.shape[0], config)
    cell.weight_ih.data, cell.weight_hh.data = w_input, w_recurrent
    if bias is not None:
        cell.bias_ih.data, cell.bias_hh.data = bias, torch.zeros_like(bias)
    return cell


def test_A3_no_biases_and_softmax_output():
    u, w, v = torch.randn(H, H), torch.randn(H, I), torch.randn(5, H)
    x, before = torch.randn(I), torch.randn(H)
    h, _ = elman_with(w, u)(x[None], HiddenState(before[None]))
    close((h @ v.t()).softmax(-1)[0], (v @ torch.tanh(u @ before + w @ x)).softmax(-1))


def test_A5_sigmoid_language_model_with_two_biases():
    e, w_h, w_e, b1 = torch.randn(I, 9), torch.randn(H, H), torch.randn(H, I), torch.randn(H)
    u, b2 = torch.randn(9, H), torch.randn(9)
    one_hot, before = nn.functional.one_hot(torch.tensor(3), 9).double(), torch.randn(H)
    h, _ = elman_with(w_e, w_h, b1, "sigmoid")((e @ one_hot)[None], HiddenState(before[None]))
    expected = (u @ torch.sigmoid(w_h @ before + w_e @ (e @ one_hot) + b1) + b2).softmax(-1)
    close((h @ u.t() + b2).softmax(-1)[0], expected)


@pytest.mark.parametrize(
    ("name", "function"),
    [("tanh", torch.tanh), ("relu", torch.relu), ("sigmoid", torch.sigmoid), ("identity", lambda a: a)],
)
def test_A5_activation_is_selectable(name, function):
    w, u, x, h = torch.randn(H, I), torch.randn(H, H), torch.randn(B, I), torch.randn(B, H)
    close(elman_with(w, u, activation=name)(x, HiddenState(h))[0], function(x @ w.t() + h @ u.t()))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_A7_equals_torch_rnn_and_only_the_sum_of_biases_matters(activation):
    theirs = nn.RNN(I, H, nonlinearity=activation, batch_first=True)
    cell = ElmanCell(I, H, ElmanCell.Config(activation=activation))
    cell.load_state_dict({name.removesuffix("_l0"): tensor for name, tensor in theirs.state_dict().items()})
    x, h0 = torch.randn(B, T, I), torch.randn(B, H)
    packing = Packing(B, T)
    rows, state = unroll(cell, packing.pack(x), packing, HiddenState(h0))
    outputs, last = theirs(x, h0[None])
    assert torch.equal(packing.unpack(rows), outputs)
    assert torch.equal(state.h, last[0])
    moved = ElmanCell(I, H, ElmanCell.Config(activation=activation))
    moved.load_state_dict(cell.state_dict())
    moved.bias_ih.data, moved.bias_hh.data = cell.bias_ih + cell.bias_hh, torch.zeros(H)
    close(moved(x[:, 0], HiddenState(h0))[0], cell(x[:, 0], HiddenState(h0))[0])


@pytest.mark.parametrize("name", CELLS.names())
def test_A9_any_cell_fits_the_one_interface(name):
    cell, packing = CELLS.get(name)(I, H), Packing(B, T)
    rows, state = unroll(cell, packing.pack(torch.randn(B, T, I)), packing, cell.initial_state(B))
    assert packing.unpack(rows).shape == (B, T, H)
    assert [tensor.shape for tensor in state.tensors()] == [(B, H)] * len(list(state.tensors()))


@pytest.mark.parametrize("name", CELLS.names())
def test_A10_a_batch_is_its_rows_one_by_one(name):
    cell = CELLS.get(name)(I, H)
    x, state = torch.randn(B, I), cell.initial_state(B).map(torch.randn_like)
    together, _ = cell(x, state)
    for row in range(B):
        alone, _ = cell(x[row : row + 1], state.select(torch.tensor([row])))
        close(alone[0], together[row])


def test_A11_the_einsum_step_runs_once_concatenated_along_the_features():
    w, x, s = torch.randn(H, I + H), torch.randn(B, I), torch.randn(B, H)
    with pytest.raises(RuntimeError):
        torch.cat([x, s])  # erratum 2: as printed, along the batch
    together = torch.cat([x, s], dim=1)
    step = torch.einsum("ij,kj->ki", [w, together])
    assert step.shape == (B, H)
    close(step, together @ w.t())
    close(torch.tanh(step), elman_with(w[:, :I], w[:, I:])(x, HiddenState(s))[0])


@pytest.mark.parametrize("reset", ["after", "before"])
def test_A20_update_gate_zero_retains_the_state_exactly(reset):
    cell = GRUCell(I, H, GRUCell.Config(reset=reset))
    cell.bias_ih.data[H : 2 * H] = 1e6  # z = 1, that is u = 0
    h = torch.randn(B, H)
    output, state = cell(torch.randn(B, I), HiddenState(h))
    assert torch.equal(output, h)
    assert torch.equal(state.h, h)


def test_A21_the_two_resets_agree_when_nothing_is_reset():
    after, before = (GRUCell(I, H, GRUCell.Config(reset=reset)) for reset in ("after", "before"))
    before.load_state_dict(after.state_dict())
    x, state = torch.randn(B, I), HiddenState(torch.randn(B, H))
    assert not torch.allclose(after(x, state)[0], before(x, state)[0])
    for cell in (after, before):
        cell.bias_ih.data[:H] = 1e6  # r = 1
    close(after(x, state)[0], before(x, state)[0])


def test_A25_a_gru_has_three_quarters_of_the_weights_of_an_lstm():
    sizes = [sum(p.numel() for p in cell(I, H).parameters()) for cell in (GRUCell, LSTMCell)]
    assert sizes[0] * 4 == sizes[1] * 3
