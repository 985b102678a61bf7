"""Curriculum rows A: cells and the ways in which the decks write them. Float64, never from a zero state."""

import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.cells.base import HiddenState, LSTMState
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


def test_A1_A2_concatenated_weights_are_separate_weights_side_by_side():
    w_x, w_s, b = torch.randn(H, I), torch.randn(H, H), torch.randn(H)
    x, s = torch.randn(I), torch.randn(H)
    expected = torch.tanh(torch.cat([w_x, w_s], 1) @ torch.cat([x, s]) + b)
    h, state = elman_with(w_x, w_s, b)(x[None], HiddenState(s[None]))
    close(h[0], expected)
    close(state.h[0], expected)


def test_A3_no_biases_and_softmax_output():
    u, w, v = torch.randn(H, H), torch.randn(H, I), torch.randn(5, H)
    x, before = torch.randn(I), torch.randn(H)
    h, _ = elman_with(w, u)(x[None], HiddenState(before[None]))
    close((h @ v.t()).softmax(-1)[0], (v @ torch.tanh(u @ before + w @ x)).softmax(-1))


def test_A4_linear_rnn():
    u, w = torch.randn(H, H), torch.randn(H, I)
    x, before = torch.randn(I), torch.randn(H)
    h, _ = elman_with(w, u, activation="identity")(x[None], HiddenState(before[None]))
    close(h[0], u @ before + w @ x)


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


def test_A6_goodfellow_letters_are_the_opposite_of_A3():
    deck_w, deck_u, b = torch.randn(H, H), torch.randn(H, I), torch.randn(H)  # W recurrent, U input
    x, before = torch.randn(I), torch.randn(H)
    h, _ = elman_with(w_input=deck_u, w_recurrent=deck_w, bias=b)(x[None], HiddenState(before[None]))
    close(h[0], torch.tanh(b + deck_w @ before + deck_u @ x))


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


def test_A8_nonlinearity_before_the_matrix_is_the_same_network_seen_elsewhere():
    w_hh, w_ih, x = torch.randn(H, H), torch.randn(H, I), torch.randn(T, I)
    h = torch.randn(H)
    cell, state = elman_with(w_ih, w_hh), HiddenState(torch.tanh(h)[None])
    for x_t in x:
        h = w_hh @ torch.tanh(h) + w_ih @ x_t
        s, state = cell(x_t[None], state)
        close(s[0], torch.tanh(h))


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


def deck_lstm(matrices, x, h, c, order):
    """Return h, c of an LSTM whose fused matrix acts on [x; h] with blocks in a given order."""
    u = matrices["W"] @ torch.cat([x, h]) + matrices["b"]
    block = dict(zip(order, u.chunk(4), strict=True))
    c = block["f"].sigmoid() * c + block["i"].sigmoid() * block["g"].tanh()
    return block["o"].sigmoid() * c.tanh(), c


def test_A13_one_fused_product_in_the_order_i_f_o_g():
    fused = {"W": torch.randn(4 * H, I + H), "b": torch.randn(4 * H)}
    x, h, c = torch.randn(I), torch.randn(H), torch.randn(H)
    expected_h, expected_c = deck_lstm(fused, x, h, c, "ifog")
    i, f, o, g = fused["W"].chunk(4)
    ours = torch.cat([i, f, g, o])
    b_i, b_f, b_o, b_g = fused["b"].chunk(4)
    cell = LSTMCell(I, H)
    cell.weight_ih.data, cell.weight_hh.data = ours[:, :I], ours[:, I:]
    cell.bias_ih.data, cell.bias_hh.data = torch.cat([b_i, b_f, b_g, b_o]), torch.zeros(4 * H)
    output, state = cell(x[None], LSTMState(h[None], c[None]))
    close(output[0], expected_h)
    close(state.c[0], expected_c)


def test_A17_cs224n_letters_w_recurrent_u_input():
    w = {gate: torch.randn(H, H) for gate in "fioc"}
    u = {gate: torch.randn(H, I) for gate in "fioc"}
    b = {gate: torch.randn(H) for gate in "fioc"}
    x, h, c = torch.randn(I), torch.randn(H), torch.randn(H)
    f, i, o = (torch.sigmoid(w[gate] @ h + u[gate] @ x + b[gate]) for gate in "fio")
    expected_c = f * c + i * torch.tanh(w["c"] @ h + u["c"] @ x + b["c"])
    cell = LSTMCell(I, H)
    cell.weight_ih.data = torch.cat([u[gate] for gate in "ifco"])
    cell.weight_hh.data = torch.cat([w[gate] for gate in "ifco"])
    cell.bias_ih.data, cell.bias_hh.data = torch.cat([b[gate] for gate in "ifco"]), torch.zeros(4 * H)
    output, state = cell(x[None], LSTMState(h[None], c[None]))
    close(state.c[0], expected_c)
    close(output[0], o * torch.tanh(expected_c))


def deck_gru(w, u, b, x, h):
    """The deck's form: update gate u, reset before the product."""
    update, reset = (torch.sigmoid(w[gate] @ h + u[gate] @ x + b[gate]) for gate in "ur")
    candidate = torch.tanh(w["h"] @ (reset * h) + u["h"] @ x + b["h"])
    return (1 - update) * h + update * candidate


def gru_from_deck(w, u, b):
    """Return our cell for the deck's matrices: z = 1 - u means negated weights, and the order is r, z, n."""
    cell = GRUCell(I, H, GRUCell.Config(reset="before"))
    cell.weight_ih.data = torch.cat([u["r"], -u["u"], u["h"]])
    cell.weight_hh.data = torch.cat([w["r"], -w["u"], w["h"]])
    cell.bias_ih.data, cell.bias_hh.data = torch.cat([b["r"], -b["u"], b["h"]]), torch.zeros(3 * H)
    return cell


def test_A20_gru_with_the_update_gate_named_u():
    w = {gate: torch.randn(H, H) for gate in "urh"}
    u = {gate: torch.randn(H, I) for gate in "urh"}
    b = {gate: torch.randn(H) for gate in "urh"}
    x, h = torch.randn(I), torch.randn(H)
    output, _ = gru_from_deck(w, u, b)(x[None], HiddenState(h[None]))
    close(output[0], deck_gru(w, u, b, x, h))


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
