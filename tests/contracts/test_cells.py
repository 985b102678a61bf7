"""Every cell, found by the registry, through one contract."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from elman.cells import CELLS
from elman.cells.base import KEEP_ALL, Drops
from elman.errors import ConfigError
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.moment import Noise
from tests.gradients import equal_finite_differences

B, T, I, H = 4, 6, 3, 5
OPTIONS = [
    ("elman", {"activation": "tanh"}),
    ("elman", {"activation": "relu"}),
    ("elman", {"activation": "sigmoid"}),
    ("elman", {"activation": "identity"}),
    ("gru", {"reset": "before"}),
    ("lstm", {"bias": False}),
    ("gru", {"bias": False}),
    ("gru", {"bias": False, "reset": "before"}),
    ("gru", {"candidate": "sigmoid", "reset": "before"}),
    ("peephole_lstm", {"bias": False}),
    ("layer_norm_lstm", {"bias": False}),
    ("layer_norm_gru", {"bias": False}),
    ("mgu", {"bias": False}),
    ("indrnn", {"bias": False}),
    *[(name, {}) for name in CELLS.names()],
]
THEIRS = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
every_cell = pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)


pytestmark = pytest.mark.usefixtures("float64")


def make(name, options):
    cell = CELLS.get(name)
    return cell(I, H, cell.Config(**options))


def somewhere(cell, batch_size=B):
    """Return a state that is not zero."""
    return cell.initial_state(batch_size).map(lambda tensor: torch.randn_like(tensor) * 0.5)


def run(cell, x, state, lengths=None, path=unroll):
    packing = Packing(len(x), x.shape[1], lengths)
    rows, last, _ = path(cell, packing.pack(x), packing, state)
    return packing.unpack(rows), last


def same(left, right, tolerance=1e-10):
    torch.testing.assert_close(left, right, atol=tolerance, rtol=0)


def same_state(left, right):
    assert type(left) is type(right)
    for a, b in zip(left.tensors(), right.tensors(), strict=True):
        same(a, b)


@every_cell
def test_shapes(name, options):
    cell = make(name, options)
    outputs, last = run(cell, torch.randn(B, T, I), somewhere(cell))
    assert outputs.shape == (B, T, cell.output_size)
    assert all(len(tensor) == B for tensor in last.tensors())
    assert cell.weight_ih.shape == (cell.gates * H, I)


@every_cell
def test_what_it_says_of_itself_is_so(name, options):
    cell = make(name, options)
    state = cell.initial_state(B)
    assert {part: getattr(state, part).shape for part in state._fields} == {
        part: (B, size) for part, size in cell.state_sizes.items()
    }
    values = cell.values(cell.project(torch.randn(B, I)), state)
    assert set(cell.traces) | set(state._fields) <= set(values)
    assert values[cell.output].shape == (B, cell.output_size)


@every_cell
def test_the_sequence_is_its_steps(name, options):
    cell, x = make(name, options), torch.randn(B, T, I)
    state = before = somewhere(cell)
    steps = []
    for t in range(T):
        output, state = cell(x[:, t], state)
        steps.append(output)
    outputs, last = run(cell, x, before)
    same(outputs, torch.stack(steps, 1))
    same_state(last, state)


@every_cell
@settings(max_examples=20, deadline=None)
@given(lengths=st.lists(st.integers(0, T), min_size=B, max_size=B))
def test_padding_changes_nothing_and_finished_rows_keep_their_state(name, options, lengths):
    cell, x = make(name, options), torch.randn(B, T, I)
    before = somewhere(cell)
    outputs, last = run(cell, x, before, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        one = torch.tensor([row])
        assert torch.equal(outputs[row, length:], torch.zeros(T - length, cell.output_size))
        if length == 0:
            same_state(last.select(one), before.select(one))
            continue
        alone, end = run(cell, x[row : row + 1, :length], before.select(one))
        same(outputs[row, :length], alone[0])
        same_state(last.select(one), end)


@every_cell
def test_gradients_of_a_ragged_batch_equal_those_of_its_rows(name, options):
    cell, lengths = make(name, options), [4, 0, 6, 1]
    x, before = torch.randn(B, T, I), somewhere(cell)
    run(cell, x, before, torch.tensor(lengths))[0].square().sum().backward()
    together = [p.grad.clone() for p in cell.parameters()]
    cell.zero_grad()
    for row, length in enumerate(lengths):
        if length:
            one = before.select(torch.tensor([row]))
            run(cell, x[row : row + 1, :length], one)[0].square().sum().backward()
    for left, right in zip(together, [p.grad for p in cell.parameters()], strict=True):
        same(left, right)


@every_cell
def test_the_order_of_rows_cannot_matter(name, options):
    cell, x, order = make(name, options), torch.randn(B, T, I), torch.tensor([2, 0, 3, 1])
    before, lengths = somewhere(cell), torch.tensor([6, 2, 4, 0])
    outputs, last = run(cell, x, before, lengths)
    moved, moved_last = run(cell, x[order], before.select(order), lengths[order])
    same(moved, outputs[order])
    same_state(moved_last, last.select(order))


@every_cell
def test_a_split_sequence_equals_the_whole(name, options):
    cell, x = make(name, options), torch.randn(B, T, I)
    before = somewhere(cell)
    whole, last = run(cell, x, before)
    first, middle = run(cell, x[:, :1], before)
    second, end = run(cell, x[:, 1:], middle)
    same(torch.cat([first, second], 1), whole)
    same_state(end, last)


@every_cell
def test_gradcheck_from_a_state_that_is_not_zero(name, options):
    cell = make(name, options)
    x = torch.randn(2, 3, I, requires_grad=True)
    parts = [tensor.requires_grad_() for tensor in somewhere(cell, 2).tensors()]
    kind = type(cell.initial_state(1))

    def function(x, *parts):
        outputs, last = run(cell, x, kind._make(parts), torch.tensor([3, 2]), loop)
        return outputs, *last.tensors()

    assert equal_finite_differences(function, (x, *parts))


@every_cell
@pytest.mark.parametrize("lengths", [None, [6, 0, 3, 5]], ids=["full", "ragged"])
def test_the_fast_path_equals_the_definition_with_gradients(name, options, lengths):
    cell, before = make(name, options), None
    before = somewhere(cell)
    lengths = None if lengths is None else torch.tensor(lengths)
    x = torch.randn(B, T, I)
    found = []
    for path in (unroll, loop):
        cell.zero_grad()
        inputs = x.clone().requires_grad_()
        start = before.map(lambda tensor: tensor.clone().requires_grad_())
        outputs, last = run(cell, inputs, start, lengths, path)
        (outputs.sin().sum() + sum(tensor.cos().sum() for tensor in last.tensors())).backward()
        gradients = [p.grad for p in cell.parameters()] + [inputs.grad] + [t.grad for t in start.tensors()]
        found.append([outputs, *last.tensors(), *gradients])
    for left, right in zip(*found, strict=True):
        same(left, right)


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_the_definition_equals_torch(name):
    cell, theirs = CELLS.get(name)(I, H), THEIRS[name](I, H, batch_first=True)
    theirs.load_state_dict({f"{key}_l0": value for key, value in cell.state_dict().items()})
    x, before = torch.randn(B, T, I), somewhere(cell)
    hidden = tuple(tensor[None] for tensor in before.tensors())
    expected, after = theirs(x, hidden if len(hidden) > 1 else hidden[0])
    outputs, last = run(cell, x, before, path=loop)
    same(outputs, expected)
    after = after if isinstance(after, tuple) else (after,)
    for left, right in zip(last.tensors(), after, strict=True):
        same(left, right[0])


@every_cell
def test_a_state_is_a_value(name, options):
    cell = make(name, options)
    state, other = somewhere(cell), somewhere(cell)
    mask = torch.tensor([True, False, False, True])
    mixed = state.where(mask, other)
    same_state(mixed.select(torch.tensor([0, 3])), state.select(torch.tensor([0, 3])))
    same_state(mixed.select(torch.tensor([2, 1])), other.select(torch.tensor([2, 1])))
    live = state.map(lambda tensor: tensor.requires_grad_())
    assert not any(tensor.requires_grad for tensor in live.detach().tensors())


@every_cell
def test_initial_weights_are_within_their_bound_and_repeat(name, options):
    cell = make(name, options)
    weights = []
    for _ in range(2):
        cell.reset_parameters(Noise(1, 0).generator(torch.device("cpu")))
        weights.append(cell.weight_hh.detach().clone())
    assert torch.equal(*weights)
    assert cell.weight_ih.abs().max() <= H**-0.5
    assert weights[0].unique().numel() == weights[0].numel()


@every_cell
def test_a_bound_holds_for_every_weight_that_is_drawn(name, options):
    cell = make(name, options)
    cell.reset_parameters(Noise(1, 0).generator(torch.device("cpu")), 0.01)
    assert cell.weight_ih.abs().max() <= 0.01


@every_cell
def test_the_output_is_the_first_part_of_the_state(name, options):
    cell = make(name, options)
    output, state = cell(torch.randn(B, I), somewhere(cell))
    assert torch.equal(output, next(state.tensors()))


@every_cell
def test_recurrent_dropout_acts_and_a_mask_of_ones_changes_nothing(name, options):
    cell = make(name, options)
    x, before = cell.project(torch.randn(B, I)), somewhere(cell)
    plain, _ = cell.recur(x, before)
    entering, written = torch.ones(B, cell.output_size), torch.ones(B, H)
    same(cell.values(x, before, drops=Drops(entering, written))["h"], plain)
    for drops in (Drops(hidden=entering / 2), Drops(candidate=written / 2)):
        assert not torch.allclose(cell.values(x, before, drops=drops)["h"], plain)


@every_cell
def test_gradcheck_with_recurrent_dropout(name, options):
    cell = make(name, options)
    masks = [torch.bernoulli(torch.full((2, width), 0.5)) * 2 for width in (cell.output_size, H)]
    x, before = torch.randn(2, I, requires_grad=True), somewhere(cell, 2)
    parts = [tensor.requires_grad_() for tensor in before.tensors()]

    def function(x, *parts):
        values = cell.values(cell.project(x), type(before)._make(parts), drops=Drops(*masks))
        return values["h"], *(values[name] for name in before._fields)

    assert equal_finite_differences(function, (x, *parts))


def test_a_subclass_with_other_values_does_not_run_on_its_parents_operator():
    kind = CELLS.get("gru")

    class Linear(kind):
        def values(self, input_t, state, memory=None, drops=KEEP_ALL):
            found = super().values(input_t, state, memory, drops)
            return {**found, "h": found["n"]}

    cell, x = Linear(I, H), torch.randn(B, T, I)
    before = somewhere(cell)
    same(run(cell, x, before)[0], run(cell, x, before, path=loop)[0])


def test_a_subclass_with_another_step_does_not_run_on_its_parents_operator():
    kind = CELLS.get("lstm")

    class Doubled(kind):
        def recur(self, input_t, state, memory=None):
            h, after = super().recur(input_t, state)
            return 2 * h, after

    cell, x = Doubled(I, H), torch.randn(B, T, I)
    before = somewhere(cell)
    same(run(cell, x, before)[0], run(cell, x, before, path=loop)[0])


@pytest.mark.parametrize(
    ("name", "gate"), [("lstm", 1), ("peephole_lstm", 1), ("layer_norm_lstm", 1), ("coupled_lstm", 0)]
)
@pytest.mark.parametrize("bound", [None, 0.1])
def test_the_forget_bias_is_the_sum_of_both_biases(name, gate, bound):
    for options, expected in (({}, 1.0), ({"forget_bias": 1.5}, 1.5)):
        cell = make(name, options)
        cell.reset_parameters(Noise(1, 0).generator(torch.device("cpu")), bound)
        same((cell.bias_ih + cell.bias_hh)[gate * H : (gate + 1) * H], torch.full((H,), expected))


def test_the_gate_bias_of_the_minimal_gated_unit_is_the_sum_of_both():
    cell = make("mgu", {"gate_bias": -2.0})
    same((cell.bias_ih + cell.bias_hh)[:H], torch.full((H,), -2.0))


def test_the_recurrent_weights_of_an_indrnn_are_drawn_up_to_their_bound():
    cell = make("indrnn", {"recurrent_bound": 0.25})
    assert 0 < cell.weight_hh.min() <= cell.weight_hh.max() <= 0.25


@pytest.mark.parametrize("name", CELLS.names())
def test_a_size_below_one_is_refused(name):
    with pytest.raises(ConfigError, match=r"hidden_size: got 0, expected at least 1\."):
        CELLS.get(name)(3, 0)
    with pytest.raises(ConfigError, match=r"input_size: got -2, expected at least 1\."):
        CELLS.get(name)(-2, 3)


@pytest.mark.parametrize("name", [name for name in CELLS.names() if "chrono" in CELLS.get(name).Config.model_fields])
def test_chrono_starts_memory_at_time_scales_from_two_to_the_longest(name):
    kind, units = CELLS.get(name), 400
    with_it, without = (kind(2, units, kind.Config(chrono=longest)) for longest in (50, 0))
    for one in (with_it, without):
        one.reset_parameters(torch.Generator().manual_seed(3))
    blocks = (with_it.bias_ih + with_it.bias_hh).view(kind.gates, units)
    signs = {"f": 1, "z": 1, "i": -1}
    signs["f"] = -1 if name == "mgu" else 1  # whose f writes
    started = {kind.blocks.index(letter): sign for letter, sign in signs.items() if letter in kind.blocks}
    for gate, sign in started.items():
        scales = 1 + torch.exp(sign * blocks[gate].detach().double())  # 1/(1-σ(b)), exact where σ is near 1
        assert 2 <= scales.min() < 4
        assert 48 < scales.max() <= 50
        assert abs(scales.mean() - 26) < 2  # 1 + u with u ~ U(1, 49)
    assert len(started) == 1 + ("i" in kind.blocks)
    if len(started) == 2:
        assert torch.equal(*(sign * blocks[gate] for gate, sign in started.items()))
    torch.testing.assert_close(with_it.weight_hh, without.weight_hh)  # nothing else is drawn otherwise
    with pytest.raises(ValueError, match="got 1, expected 2 or more steps"):
        kind.Config(chrono=1)
