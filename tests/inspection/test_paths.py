"""What is looked at step by step has the numbers of the compiled path, and of autograd, for every cell."""

import math

import numpy as np
import pytest
import torch

from elman.cells import CELLS
from elman.inspection.attribution import integrated
from elman.inspection.chains import products, pulled, spectral_norm
from elman.inspection.reading import Layer
from elman.inspection.recording import inputs_of, seen, stacks_of
from elman.inspection.views.gates import kept_share
from elman.inspection.views.gradients import back_from, gradient_norms, half_after
from elman.inspection.views.jacobian import log_norms
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.layers.regularization import Regularization

T, I, H = 6, 3, 4
every_cell = pytest.mark.parametrize("name", CELLS.names())
pytestmark = pytest.mark.usefixtures("float64")


def stack(name, layers=2, **options):
    torch.manual_seed(1)
    config = RecurrentConfig(cell=name, hidden_size=H, num_layers=layers, dropout=0.5, **options)
    made = RecurrentStack(I, config)
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.6)
    return made.requires_grad_(False)


def somewhere(made):
    return made.initial_state(1).map(lambda one: 0.5 * torch.randn_like(one))


def step_jacobian(layer, x, before):
    """Return ∂s_t/∂s_{t-1} in numerator layout: rows are the parts of s_t, columns those of s_{t-1}, (S, S)."""
    sizes = layer.cell.state_sizes
    count, first, cotangents = sum(sizes.values()), 0, {}
    for name, size in sizes.items():
        cotangents[name] = x.new_zeros(count, 1, size)
        cotangents[name][first : first + size, 0] = torch.eye(size, dtype=x.dtype)
        first += size
    return torch.cat([one[:, 0] for one in pulled(layer, x, before, cotangents).values()], 1)


def look(made, x, state, learns=False):
    layers, found = [], []
    holder = torch.nn.Module()
    holder.recurrent = made
    with torch.set_grad_enabled(learns), seen(holder, layers), inputs_of(holder, found):
        out = made(x, state)
    return layers, out, found[0]


@every_cell
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"regularization": Regularization(zoneout=0.3)}])
def test_the_steps_that_are_seen_are_those_of_the_compiled_path(name, options):
    made, x = stack(name, **options), torch.randn(1, T, I)
    state = somewhere(made)
    with torch.no_grad():
        whole = made(x, state)
    layers, out, _ = look(made, x, state)
    torch.testing.assert_close(out.hidden, whole.hidden, atol=1e-12, rtol=0)
    last = [one for one in layers if one.name.startswith("layer 2")]
    parts = [one.over_time(one.cell.output) for one in last]
    torch.testing.assert_close(torch.cat(parts, -1), whole.hidden[0], atol=1e-12, rtol=0)
    for one, after in zip(layers, whole.state, strict=True):
        place = 0 if one.backwards else T - 1
        for part, tensor in zip(one.parts, after, strict=True):
            torch.testing.assert_close(one.steps[part][place], tensor, atol=1e-12, rtol=0)


@every_cell
def test_gradients_are_those_of_autograd_through_plain_steps(name):
    made, x = stack(name), torch.randn(1, T, I)
    state = somewhere(made)
    layers, out, _ = look(made, x, state, learns=True)
    weights = torch.randn(H)
    loss = (out.hidden[0, T - 2] * weights[: out.hidden.shape[-1]]).tanh().sum()
    found = gradient_norms(layers, loss)
    # By hand: the same recurrence from each state on, as a function of that state alone.
    for number, cell in enumerate(made.layers):
        for t in range(T - 1):
            given = [layer.states()[t].map(torch.Tensor.detach) for layer in layers]
            leaf = given[number].map(lambda one: one.detach().requires_grad_())
            below = None
            states = list(given)
            states[number] = leaf
            if number + 1 < len(layers):  # what stands above at t hangs on h of this layer at t
                upper = made.layers[number + 1]
                before = layers[number + 1].before if t == 0 else layers[number + 1].states()[t - 1]
                _, states[number + 1] = upper(leaf.h, before.map(torch.Tensor.detach))
            last = states[-1].h
            for later in range(t + 1, T - 1):
                below = x[:, later]
                for level, one in enumerate(made.layers):
                    below, states[level] = one(below, states[level])
                last = below
            value = (last[0] * weights[: last.shape[-1]]).tanh().sum()
            gradients = torch.autograd.grad(value, list(leaf), allow_unused=True)
            of = {
                part: torch.zeros_like(tensor) if gradient is None else gradient
                for part, tensor, gradient in zip(leaf._fields, leaf, gradients, strict=True)
            }
            if "c" in of:  # c_t reaches the loss by h_t of its own step too
                before = layers[number].before if t == 0 else layers[number].states()[t - 1]
                read = layers[number].inputs[t : t + 1].detach()
                inside = before.map(lambda one: one.detach().requires_grad_())
                values = cell.values(cell.project(read), inside)
                of["c"] = of["c"] + torch.autograd.grad((values["h"] * of["h"]).sum(), values["c"])[0]
            for part, gradient in of.items():
                assert found[number][part][t] == pytest.approx(float(gradient.norm()), abs=1e-10), (number, t, part)
        assert found[number]["both"][T - 1] == 0


@every_cell
def test_products_of_jacobians_are_those_of_autograd(name):
    made, x = stack(name, layers=1), torch.randn(1, T, I)
    layers, _, _ = look(made, x, somewhere(made))
    layer, cell = layers[0], made.layers[0]
    names = list(cell.state_sizes)
    found = list(products(layer, T - 1, names))
    assert len(found) == T
    for back, product in enumerate(found, 1):
        t = T - 1 - back
        before = layer.before if t < 0 else layer.states()[t]

        def after(*parts, first=t + 1):
            state = cell.state_type(*parts)
            for later in range(first, T):
                _, state = cell(x[:, later], state)
            return tuple(state)

        blocks = torch.autograd.functional.jacobian(after, tuple(before))
        expected = torch.cat([torch.cat([one[0, :, 0] for one in row], 1) for row in blocks])
        made_of = torch.cat([product.parts[part] for part in names], 1) * math.exp(product.log_scale)
        torch.testing.assert_close(made_of, expected, atol=1e-10, rtol=0)
        assert product.log_norm() == pytest.approx(float(torch.linalg.matrix_norm(expected, 2).log()), abs=1e-9)


def test_the_lstm_step_of_the_brief_total_against_direct():
    cell = CELLS.get("lstm")(1, 2).double()
    with torch.no_grad():
        cell.weight_ih[:] = torch.tensor([0.5, -0.2, 0.3, 0.4, 1, -0.6, -0.3, 0.7])[:, None]
        cell.weight_hh[:] = torch.tensor(
            [[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6], [0.2, 0.4], [0.9, -0.7], [0.3, 0.8], [0.1, 0.2], [-0.5, 0.3]]
        )
        cell.bias_ih[:] = torch.tensor([0, 0.1, 1, 1, 0, -0.1, 0.2, 0])
        cell.bias_hh[:] = 0
    state = cell.state_type(torch.tensor([[0.1, -0.3]]), torch.tensor([[0.4, -0.8]]))
    x = torch.tensor([[0.7], [-1.2]])
    _, first = cell(x[:1], state)
    layer = Layer("layer 1", cell, cell, x, state, {}, {}, False)
    # c_2 hangs on c_1 also by h_1, which is a part of the state here: the total of the brief is along both.
    values = cell.values(cell.project(x[:1]), state)
    assert values["c"][0].tolist() == pytest.approx([0.764692866395, -0.920375694889], abs=1e-12)
    whole = step_jacobian(layer, x[1], first)
    o, c = values["o"][0], values["c"][0]
    total = whole[2:, 2:] + whole[2:, :2] @ torch.diag(o * (1 - c.tanh() ** 2))
    expected = [[0.621413477290, -0.009320508307], [0.044967101065, 0.697893684319]]
    np.testing.assert_allclose(total.detach().numpy(), expected, atol=1e-12)
    assert float(torch.linalg.matrix_norm(total.detach(), 2)) == pytest.approx(0.7024015639, abs=1e-10)


@pytest.mark.parametrize(
    ("u_g", "log_total"),
    [(0.0, 127 * math.log(0.731058578630005)), (4.0, math.log(1.843292e30)), (-8.0, math.log(1.371134e13))],
)
def test_the_same_gate_promises_nothing(u_g, log_total):
    """One unit, all weights 0 but that of the candidate: f is the same in every row."""
    cell = CELLS.get("lstm")(1, 1).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih[1], cell.weight_hh[2] = 1.0, u_g
    # The brief's derivative of c_t by c_{t-1} goes through h_{t-1} too: seen as a whole, the state (h, c) grows so.
    made = stack("lstm", layers=1)
    made.layers[0] = cell
    made.config = made.config.model_copy(update={"hidden_size": 1})
    layers, _, _ = look(made, torch.zeros(1, 129, 1), cell_state(cell))
    logs = log_norms(layers[0], 128)
    growth = logs["whole"][127] - logs["whole"][0]
    assert growth == pytest.approx(log_total, abs=1e-4)
    assert logs["direct"][126] == pytest.approx(127 * math.log(0.731058578630005), abs=1e-9)


def cell_state(cell):
    from elman.layers.recurrent import StackState

    return StackState([cell.initial_state(1)])


def test_no_norm_is_lost_to_underflow():
    made = stack("elman", layers=1)
    with torch.no_grad():
        made.layers[0].weight_hh.mul_(1e-3)
    layers, _, _ = look(made, torch.randn(1, 400, I), made.initial_state(1))
    total = log_norms(layers[0], 399)["total"]
    assert total[-1] < -2000
    assert np.isfinite(total).all()


def test_integrated_gradients_of_the_brief():
    """Golden G9: tanh, W and b of G1, V = [1.5, -.7], F = v·s_3; five rules were compared with scipy's quad."""
    w, v = torch.tensor([[0.8, -0.5], [0.3, 0.9]]), torch.tensor([1.5, -0.7])
    b, out = torch.tensor([0.1, -0.2]), torch.tensor([1.0, -2.0])

    def score(x):
        s = torch.zeros(len(x), 2)
        for t in range(3):
            s = (s @ w.T + x[:, t, None] * v + b).tanh()
        return s @ out

    found = integrated(score, torch.tensor([1.0, -2.0, 0.5]), torch.zeros(3), 50)
    assert found.parts.tolist() == pytest.approx([0.542350643088, -2.935813127977, 1.341876299949], abs=1e-10)
    assert found.score == pytest.approx(0.191139580608, abs=1e-10)
    assert found.baseline == pytest.approx(1.242725765549, abs=1e-10)
    assert abs(found.gap) < 1e-13
    ten = integrated(score, torch.tensor([1.0, -2.0, 0.5]), torch.zeros(3), 10)
    assert abs(ten.gap) < 1e-7
    assert integrated(score, torch.tensor([1.0, -2.0, 0.5]), torch.zeros(3)).nodes == 16


def test_a_path_that_bends_more_is_computed_at_more_points():
    found = integrated(lambda x: (80 * (x[:, 0] - 0.5)).tanh(), torch.tensor([1.0]), torch.tensor([0.0]))
    assert found.nodes > 16
    assert abs(found.gap) < 0.002


def test_norms_of_large_matrices_are_those_of_all_singular_values():
    close = torch.eye(300) + 1e-4 * torch.randn(300, 300)  # its singular values lie close together
    for matrix in (torch.randn(300, 400), torch.randn(400, 300), close, torch.outer(torch.ones(300), torch.rand(400))):
        assert spectral_norm(matrix) == pytest.approx(float(torch.linalg.svdvals(matrix)[0]), rel=1e-10)
    assert spectral_norm(torch.zeros(300, 300)) == 0
    assert spectral_norm(torch.zeros(0, 3)) == 0


def test_what_comes_back_is_in_the_time_of_the_layer():
    made = stack("gru", layers=1, bidirectional=True)
    layers, out, _ = look(made, torch.randn(1, T, I), made.initial_state(1), learns=True)
    ahead, behind = gradient_norms(layers, out.hidden[0, 2].sum())
    assert (ahead["both"][:3] > 0).all()
    assert (ahead["both"][3:] == 0).all()
    assert (behind["both"][2:] > 0).all()
    assert (behind["both"][:2] == 0).all()
    assert back_from(layers[1], behind["both"], 2).tolist() == behind["both"][2:].tolist()
    assert half_after(np.array([4.0, 3.0, 1.9])) == 2
    assert half_after(np.array([4.0, 3.0])) == 0
    assert half_after(np.array([4.0, 1.0, 3.0, 1.0])) == 3  # it comes back
    assert half_after(np.array([4.0, 1.0, 9.0])) == 0


def test_stacks_that_spell_words_are_left_alone():
    from elman.layers.character_encoder import CharacterEncoder

    assert CharacterEncoder.__name__ == "CharacterEncoder"
    holder = torch.nn.Module()
    holder.recurrent = stack("gru")
    assert list(stacks_of(holder)) == ["recurrent"]


def test_one_step_has_no_nan():
    made = stack("lstm", layers=1)
    layers, _, _ = look(made, torch.randn(1, 1, I), made.initial_state(1))
    logs = log_norms(layers[0], 0)
    assert all(np.isfinite(one).all() for one in logs.values())
    share = kept_share(layers[0])
    assert share[0].shape == (1, H)
