"""Curriculum rows A: cells and the ways in which the decks write them. Float64, never from a zero state."""

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from elman.cells import CELLS
from elman.cells.base import HiddenState, LSTMState
from elman.cells.elman import ElmanCell
from elman.cells.gru import GRUCell
from elman.cells.lstm import LSTMCell
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll

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
    rows, state, _ = unroll(cell, packing.pack(x), packing, HiddenState(h0))
    outputs, last = theirs(x, h0[None])
    close(packing.unpack(rows), outputs)
    close(state.h, last[0])
    moved = ElmanCell(I, H, ElmanCell.Config(activation=activation))
    moved.load_state_dict(cell.state_dict())
    moved.bias_ih.data, moved.bias_hh.data = cell.bias_ih + cell.bias_hh, torch.zeros(H)
    close(moved(x[:, 0], HiddenState(h0))[0], cell(x[:, 0], HiddenState(h0))[0])


@pytest.mark.parametrize("name", CELLS.names())
def test_A9_any_cell_fits_the_one_interface(name):
    cell, packing = CELLS.get(name)(I, H), Packing(B, T)
    rows, state, _ = unroll(cell, packing.pack(torch.randn(B, T, I)), packing, cell.initial_state(B))
    assert packing.unpack(rows).shape == (B, T, cell.output_size)
    assert [tensor.shape for tensor in state.tensors()] == [(B, size) for size in cell.state_sizes.values()]


@pytest.mark.parametrize("name", CELLS.names())
def test_A10_a_batch_is_its_rows_one_by_one(name):
    cell = CELLS.get(name)(I, H)
    x, state = torch.randn(B, I), cell.initial_state(B).map(torch.randn_like)
    together, _ = cell(x, state)
    for row in range(B):
        alone, _ = cell(x[row : row + 1], state.select(torch.tensor([row])))
        close(alone[0], together[row])


def test_A11_X2_the_einsum_step_runs_once_concatenated_along_the_features():
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


@pytest.mark.parametrize(
    ("name", "gates", "then"),
    [
        ("lstm", "ifo", "gch"),
        ("lstm_1997", "io", "gch"),
        ("coupled_lstm", "fo", "gch"),
        ("layer_norm_lstm", "ifo", "gch"),
        ("gru", "rz", "nh"),
        ("layer_norm_gru", "rz", "nh"),
        ("mgu", "f", "nh"),
    ],
)
def test_A23_A24_gates_between_0_and_1_first_then_candidate_memory_output(name, gates, then):
    cell = CELLS.get(name)(I, H)
    x, state = 5 * torch.randn(200, I), cell.initial_state(200).map(torch.randn_like)
    values = cell.values(cell.project(x), state)
    assert "".join(values) == gates + then
    for gate in gates:
        assert 0 < values[gate].min() < values[gate].max() < 1
        # The gates are dynamic: they depend on the input of this step.
        assert values[gate].std(0).min() > 0
    output, after = cell(x, state)
    assert torch.equal(output, values["h"])
    assert all(torch.equal(part, values[letter]) for letter, part in after._asdict().items())


def test_A23_large_inputs_close_or_open_gates_and_small_ones_leave_them_half_open():
    cell = LSTMCell(I, H, LSTMCell.Config(forget_bias=0.0))
    shares = []
    for scale in (0.01, 100.0):
        state = LSTMState(torch.randn(500, H), torch.randn(500, H)).map(lambda tensor, scale=scale: tensor * scale)
        values = cell.values(cell.project(scale * torch.randn(500, I)), state)
        gates = torch.cat([values[gate] for gate in "ifo"]).flatten()
        counts = torch.histc(gates, bins=10, min=0, max=1)
        shares.append(float((counts[0] + counts[-1]) / counts.sum()))
    assert shares[0] == 0.0
    assert shares[1] > 0.9


def test_A22_A26_the_1997_memory_keeps_its_error_but_cannot_be_emptied():
    forgetful, carousel = LSTMCell(I, H), CELLS.get("lstm_1997")(I, H)
    x, c = torch.randn(100, B, I), torch.randn(B, H, requires_grad=True)
    slopes, sizes = [], []
    for cell in (forgetful, carousel):
        cell.weight_hh.data.zero_()  # the gates see the input only: what is left is the direct path
        state = LSTMState(torch.zeros(B, H), c)
        for x_t in x:
            _, state = cell(x_t, state)
        (slope,) = torch.autograd.grad(state.c.sum(), c)
        slopes.append(slope)
        for _ in range(200):  # the same input for ever
            _, state = cell(x[0], state)
        sizes.append(float(state.c.detach().abs().max()))
    assert torch.equal(slopes[1], torch.ones(B, H))
    assert slopes[0].max() < 1e-6
    assert sizes[0] < 5 < 10 < sizes[1]


def test_A26_peepholes_of_zero_make_an_lstm_and_coupling_is_an_lstm_with_i_as_1_minus_f():
    lstm, peephole = LSTMCell(I, H), CELLS.get("peephole_lstm")(I, H)
    peephole.load_state_dict({**lstm.state_dict(), "weight_ch": torch.zeros(3, H)})
    x, state = torch.randn(B, I), LSTMState(torch.randn(B, H), torch.randn(B, H))
    assert all(map(torch.equal, peephole(x, state)[1], lstm(x, state)[1]))
    p_i, p_f, p_o = peephole.weight_ch.data = torch.randn(3, H)
    z_i, z_f, z_g, z_o = (lstm.project(x) + lstm.recurrent(state.h)).chunk(4, -1)
    c = (z_f + p_f * state.c).sigmoid() * state.c + (z_i + p_i * state.c).sigmoid() * z_g.tanh()
    close(peephole(x, state)[1].c, c)
    close(peephole(x, state)[0], (z_o + p_o * c).sigmoid() * c.tanh())
    coupled = CELLS.get("coupled_lstm")(I, H)
    for name, tensor in lstm.state_dict().items():
        _, f, g, o = tensor.chunk(4)
        coupled.state_dict()[name].copy_(torch.cat([f, g, o]))
        tensor.copy_(torch.cat([-f, f, g, o]))  # σ(-a) = 1 - σ(a)
    for left, right in zip(coupled(x, state)[1], lstm(x, state)[1], strict=True):
        close(left, right)


def test_A26_minimal_gated_unit_as_published():
    cell = CELLS.get("mgu")(I, H)
    (w_f, w_n), (u_f, u_n) = cell.weight_ih.chunk(2), cell.weight_hh.chunk(2)
    b_f, b_n = (cell.bias_ih + cell.bias_hh).chunk(2)
    x, h = torch.randn(B, I), torch.randn(B, H)
    f = (x @ w_f.t() + h @ u_f.t() + b_f).sigmoid()
    candidate = (x @ w_n.t() + (f * h) @ u_n.t() + b_n).tanh()
    close(cell(x, HiddenState(h))[0], (1 - f) * h + f * candidate)


def test_A26_indrnn_as_published():
    cell = CELLS.get("indrnn")(I, H)
    x, h = torch.randn(B, I), torch.randn(B, H)
    expected = (x @ cell.weight_ih.t() + cell.bias_ih + cell.weight_hh * h + cell.bias_hh).relu()
    close(cell(x, HiddenState(h))[0], expected)


def normed(v, gain):
    return gain * (v - v.mean(-1, keepdim=True)) / (v.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()


def test_A26_layer_normed_lstm_and_gru_as_published():
    for name in ("layer_norm_lstm", "layer_norm_gru"):
        cell = CELLS.get(name)(I, H)
        for parameter in cell.parameters():
            parameter.data = torch.randn_like(parameter)
        x, h, c = torch.randn(B, I), torch.randn(B, H), torch.randn(B, H)
        w_x, w_h = x @ cell.weight_ih.t(), h @ cell.weight_hh.t()
        if name == "layer_norm_lstm":
            z = normed(w_x, cell.gain_ih) + cell.bias_ih + normed(w_h, cell.gain_hh) + cell.bias_hh
            i, f, g, o = z.chunk(4, -1)
            new_c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            close(cell(x, LSTMState(h, c))[0], o.sigmoid() * (normed(new_c, cell.gain_c) + cell.bias_c).tanh())
            continue
        size = 2 * H
        in_gates, in_n = (
            normed(w_x[:, rows], cell.gain_ih[rows]) + cell.bias_ih[rows] for rows in (slice(size), slice(size, None))
        )
        h_gates, h_n = (
            normed(w_h[:, rows], cell.gain_hh[rows]) + cell.bias_hh[rows] for rows in (slice(size), slice(size, None))
        )
        r, z = (in_gates + h_gates).sigmoid().chunk(2, -1)
        n = (in_n + r * h_n).tanh()
        close(cell(x, HiddenState(h))[0], (1 - z) * n + z * h)


def test_A25_weights_are_4_and_3_times_n_n_plus_n_m_plus_n():
    for kind, gates in ((LSTMCell, 4), (GRUCell, 3), (ElmanCell, 1)):
        matrices = sum(p.numel() for p in kind(I, H, kind.Config(bias=False)).parameters())
        assert matrices + gates * H == gates * (H * H + H * I + H)  # one bias a gate counts, as in the deck


class Products(TorchDispatchMode):
    """Counts products with matrices, and the multiplications in them."""

    def __init__(self):
        super().__init__()
        self.count = self.multiplications = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.overloadpacket.__name__
        if name in ("mm", "addmm"):
            left, right = args[-2:]
            self.count += 1
            self.multiplications += left.shape[0] * left.shape[1] * right.shape[1]
        return function(*args, **(kwargs or {}))


def products(function):
    with Products() as found:
        function()
    return found.count, found.multiplications


@torch.no_grad()
def test_A13_one_product_makes_what_four_make():
    rows, size = 8, 64
    cell, state = LSTMCell(size, size), LSTMState(torch.randn(rows, size), torch.randn(rows, size))
    w, b = torch.cat([cell.weight_ih, cell.weight_hh], 1), cell.bias_ih + cell.bias_hh
    x = torch.randn(rows, size)
    z, parts = torch.cat([x, state.h], 1), [part.clone() for part in w.chunk(4)]

    def of(i, f, g, o):
        after = f.sigmoid() * state.c + i.sigmoid() * g.tanh()
        return o.sigmoid() * after.tanh()

    def apart():
        return of(*(nn.functional.linear(z, each, bias) for each, bias in zip(parts, b.chunk(4), strict=True)))

    def fused():
        return of(*nn.functional.linear(z, w, b).chunk(4, -1))

    close(fused(), apart())
    close(fused(), cell(x, state)[0])
    each = rows * 2 * size * size
    assert products(fused) == (1, 4 * each)
    assert products(apart) == (4, 4 * each)


@torch.no_grad()
def test_A25_a_gru_multiplies_three_quarters_of_what_an_lstm_does():
    packing, rows = Packing(B, T), torch.randn(B * T, I)

    def multiplications(kind):
        cell = kind(I, H)
        return products(lambda: loop(cell, rows, packing, cell.initial_state(B)))[1]

    assert multiplications(LSTMCell) == 4 * B * T * (I * H + H * H)
    assert multiplications(GRUCell) * 4 == multiplications(LSTMCell) * 3
