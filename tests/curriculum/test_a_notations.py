"""Curriculum rows A1-A22: every way the decks write a recurrence, computed as written and by our cells.

The formulas below know nothing of the package: they are the decks' own, step by step, on one sequence in float64 and
from a state that is not zero. X errata are corrected as docs/equations.md says.
"""

import itertools

import pytest
import torch
from torch import cat, nn, sigmoid, tanh

from elman.cells import CELLS
from elman.cells.base import HiddenState, LSTMState
from elman.errors import ConfigError, ShapeError
from elman.notation import NOTATIONS

I, H, T = 4, 6, 5
pytestmark = pytest.mark.usefixtures("float64")


def simple(weights, x, h):
    return {
        "A1": lambda w: tanh(w["W"] @ cat([x, h]) + w["b"]),
        "A2": lambda w: tanh(w["W^x"] @ x + w["W^s"] @ h + w["b"]),
        "A3": lambda w: tanh(w["U"] @ h + w["W"] @ x),
        "A4": lambda w: w["U"] @ h + w["W"] @ x,
        "A5": lambda w: sigmoid(w["W_h"] @ h + w["W_e"] @ x + w["b_1"]),
        "A6": lambda w: tanh(w["b"] + w["W"] @ h + w["U"] @ x),
        "A7": lambda w: tanh(w["weight_ih_l0"] @ x + w["bias_ih_l0"] + w["weight_hh_l0"] @ h + w["bias_hh_l0"]),
    }[weights[0]](weights[1])


def gates_of(name, w, x, h):
    """Return the four pre-activations i, f, g, o of an LSTM."""
    if name == "A12":
        z = cat([x, h])
        return [w[f"W^{gate}"] @ z + w[f"b^{gate}"] for gate in "ifco"]
    if name == "A13":
        u = w["W"] @ cat([x, h]) + w["b"]
        i, f, o, g = u[:H], u[H : 2 * H], u[2 * H : 3 * H], u[3 * H :]
        return [i, f, g, o]
    if name == "A14":
        z = cat([h, x])
        return [w[f"W_{gate}"] @ z + w[f"b_{gate}"] for gate in "ifCo"]
    if name == "A15":
        return [w[f"W_{gate}"] @ x + w[f"U_{gate}"] @ h + w[f"b_{gate}"] for gate in "ifco"]
    if name == "A16":
        return [w[f"U_{gate}"] @ h + w[f"W_{gate}"] @ x for gate in "ifgo"]
    if name == "A17":
        return [w[f"W_{gate}"] @ h + w[f"U_{gate}"] @ x + w[f"b_{gate}"] for gate in "ifco"]
    raise AssertionError(name)


def lstm(name, w, x, h, c):
    i, f, g, o = gates_of(name, w, x, h)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def gru(name, w, x, h):
    if name == "A18":
        z, r = (sigmoid(w[f"W^{gate}"] @ cat([x, h]) + w[f"b^{gate}"]) for gate in "zr")
        return (1 - z) * h + z * sigmoid(w["W^x"] @ cat([x, r * h]) + w["b^x"])
    if name == "A19":
        z, r = (sigmoid(w[f"W_{gate}"] @ cat([h, x])) for gate in "zr")
        return (1 - z) * h + z * tanh(w["W_h"] @ cat([r * h, x]))
    if name == "A20":
        u, r = (sigmoid(w[f"W_{gate}"] @ h + w[f"U_{gate}"] @ x + w[f"b_{gate}"]) for gate in "ur")
        return (1 - u) * h + u * tanh(w["W_h"] @ (r * h) + w["U_h"] @ x + w["b_h"])
    z, r = (sigmoid(w[f"W_{gate}"] @ x + w[f"U_{gate}"] @ h) for gate in "zr")
    return z * h + (1 - z) * tanh(w["W_h"] @ x + w["U_h"] @ (r * h))


def weights_of(name, seed=1):
    """Return random weights by the names and in the shapes of a notation."""
    torch.manual_seed(seed)
    notation = NOTATIONS[name]
    blocks = {}
    for letter in notation.gates.values():
        shapes = {notation.input: (H, I + H if notation.joined else I)}
        if not notation.joined:
            shapes[notation.recurrent] = (H, H)
        shapes |= dict.fromkeys(notation.biases, (H,))
        for pattern, shape in shapes.items():
            blocks.setdefault(pattern.format(letter), []).append(torch.randn(shape))
    return {key: cat(parts) for key, parts in blocks.items()}


def close(left, right):
    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", ["A1", "A2", "A3", "A4", "A5", "A6", "A7"])
def test_A1_A2_A3_A4_A5_A6_A7_simple_recurrences_as_written(name):
    weights, x, h = weights_of(name), torch.randn(T, I), torch.randn(H)
    cell, state = NOTATIONS[name].read(weights), HiddenState(h[None])
    for x_t in x:
        h = simple((name, weights), x_t, h)
        output, state = cell(x_t[None], state)
        close(output[0], h)


def test_A8_nonlinearity_before_the_matrix():
    weights, x, a = weights_of("A8"), torch.randn(T, I), torch.randn(H)
    cell, state = NOTATIONS["A8"].read(weights), HiddenState(tanh(a)[None])
    for x_t in x:
        a = weights["W_hh"] @ tanh(a) + weights["W_ih"] @ x_t
        output, state = cell(x_t[None], state)
        close(output[0], tanh(a))


@pytest.mark.parametrize("name", ["A12", "A13", "A14", "A15", "A16", "A17"])
def test_A12_A13_A14_A15_A16_A17_lstms_as_written(name):
    weights, x, h, c = weights_of(name), torch.randn(T, I), torch.randn(H), torch.randn(H)
    cell, state = NOTATIONS[name].read(weights), LSTMState(h[None], c[None])
    for x_t in x:
        h, c = lstm(name, weights, x_t, h, c)
        output, state = cell(x_t[None], state)
        close(output[0], h)
        close(state.c[0], c)


def test_A12_the_packed_state_of_the_deck_is_h_above_c():
    cell = NOTATIONS["A12"].read(weights_of("A12"))
    _, state = cell(torch.randn(2, I), LSTMState(torch.randn(2, H), torch.randn(2, H)))
    close(cat(list(state.tensors()), 1), cat([state.h, state.c], 1))


@pytest.mark.parametrize("name", ["A18", "A19", "A20", "A21"])
def test_A18_A19_A20_A21_grus_as_written(name):
    weights, x, h = weights_of(name), torch.randn(T, I), torch.randn(H)
    cell, state = NOTATIONS[name].read(weights), HiddenState(h[None])
    for x_t in x:
        h = gru(name, weights, x_t, h)
        output, state = cell(x_t[None], state)
        close(output[0], h)


def test_A22_no_forget_gate_as_written():
    w, x, h, c = weights_of("A22"), torch.randn(T, I), torch.randn(H), torch.randn(H)
    cell, state = NOTATIONS["A22"].read(w), LSTMState(h[None], c[None])
    for x_t in x:
        i, g, o = (w[f"W_{gate}"] @ x_t + w[f"U_{gate}"] @ h + w[f"b_{gate}"] for gate in "igo")
        c = c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        output, state = cell(x_t[None], state)
        close(output[0], h)
        close(state.c[0], c)


@pytest.mark.parametrize(("name", "kind"), [("A7", nn.RNN), ("torch.nn.LSTM", nn.LSTM), ("torch.nn.GRU", nn.GRU)])
def test_A7_A21_X12_torch_modules_as_they_compute(name, kind):
    theirs = kind(I, H, batch_first=True)
    cell = NOTATIONS[name].read(theirs.state_dict())
    x, state = torch.randn(2, T, I), cell.initial_state(2).map(torch.randn_like)
    before = tuple(tensor[None] for tensor in state.tensors())
    expected, _ = theirs(x, before if len(before) > 1 else before[0])
    for t in range(T):
        output, state = cell(x[:, t], state)
        close(output, expected[:, t])
    back = NOTATIONS[name].write(cell)
    assert all(torch.equal(back[key], value) for key, value in theirs.state_dict().items())


@pytest.mark.parametrize("name", NOTATIONS)
def test_reading_and_writing_undo_each_other(name):
    weights = weights_of(name)
    back = NOTATIONS[name].write(NOTATIONS[name].read(weights))
    assert back.keys() == weights.keys()
    for key, value in weights.items():
        close(back[key], value)


ALIKE = [
    ["A1", "A2", "A6", "A7"],
    ["A3", "A8"],
    ["A12", "A13", "A14", "A15", "A17", "torch.nn.LSTM"],
    ["A19", "A21"],
]


@pytest.mark.parametrize("pair", [pair for group in ALIKE for pair in itertools.permutations(group, 2)], ids=str)
def test_X11_from_any_notation_to_any_other_that_says_the_same(pair):
    first, second = pair
    cell = NOTATIONS[first].read(weights_of(first))
    other = NOTATIONS[second].read(NOTATIONS[second].write(cell))
    x, state = torch.randn(3, I), cell.initial_state(3).map(torch.randn_like)
    for left, right in zip(cell(x, state)[1].tensors(), other(x, state)[1].tensors(), strict=True):
        close(left, right)


def test_A16_is_A15_without_biases():
    weights = weights_of("A16")
    named = {key.replace("_g", "_c"): value for key, value in weights.items()}
    x, state = torch.randn(2, I), LSTMState(torch.randn(2, H), torch.randn(2, H))
    zeros = {f"b_{gate}": torch.zeros(H) for gate in "ifco"}
    close(NOTATIONS["A16"].read(weights)(x, state)[0], NOTATIONS["A15"].read(named | zeros)(x, state)[0])


def test_A20_with_zero_biases_is_A19():
    weights = weights_of("A20") | {f"b_{gate}": torch.zeros(H) for gate in "urh"}
    joined = {
        f"W_{theirs}": cat([weights[f"W_{g}"], weights[f"U_{g}"]], 1) for g, theirs in zip("urh", "zrh", strict=True)
    }
    x, state = torch.randn(2, I), HiddenState(torch.randn(2, H))
    close(NOTATIONS["A20"].read(weights)(x, state)[0], NOTATIONS["A19"].read(joined)(x, state)[0])


def test_A18_X4_a_sigmoid_candidate_keeps_the_state_between_0_and_1():
    cell = NOTATIONS["A18"].read({key: 3 * value for key, value in weights_of("A18").items()})
    state = HiddenState(torch.rand(8, H))
    for _ in range(50):
        _, state = cell(3 * torch.randn(8, I), state)
        assert 0 <= state.h.min() <= state.h.max() <= 1


def test_A18_a_tanh_candidate_does_not():
    cell = NOTATIONS["A20"].read(weights_of("A20"))
    _, state = cell(3 * torch.randn(64, I), HiddenState(torch.rand(64, H)))
    assert state.h.min() < 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ConfigError, match=r"torch\.nn\.LSTM: has no 'bias_hh_l1'\. Give the weights of one layer"):
        NOTATIONS["torch.nn.LSTM"].read(nn.LSTM(I, H, num_layers=2).state_dict())
    lstm_cell, gru_cell = CELLS.get("lstm")(I, H), CELLS.get("gru")(I, H)
    with pytest.raises(ConfigError, match=r"deck 003 .* no 'b_f'; got U_c, U_f"):
        NOTATIONS["A17"].read({k: v for k, v in weights_of("A17").items() if k != "b_f"})
    with pytest.raises(ShapeError, match=r"W: got shape \(6, 5\), expected \(H, I \+ H\): it multiplies \[x;h\]"):
        NOTATIONS["A1"].read({"W": torch.randn(6, 5), "b": torch.randn(6)})
    with pytest.raises(ConfigError, match=r"got LSTMCell, expected GRUCell reset='before' candidate='tanh'\."):
        NOTATIONS["A20"].write(lstm_cell)
    with pytest.raises(ConfigError, match=r"got GRUCell with another reset, expected GRUCell reset='before'"):
        NOTATIONS["A20"].write(gru_cell)
    with pytest.raises(ConfigError, match=r"deck 002 .* has no biases, and those of this cell are not zero"):
        NOTATIONS["A16"].write(lstm_cell)
    with pytest.raises(ConfigError, match="got a cell without biases, expected one that has them"):
        NOTATIONS["A17"].write(NOTATIONS["A16"].read(weights_of("A16")))
