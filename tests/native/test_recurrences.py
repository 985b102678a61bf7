"""Compiled recurrences against the cells' own steps: outputs, states and every gradient."""

import functools
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from elman.cells import CELLS
from elman.cells.base import Drops
from elman.errors import KernelError, ShapeError
from elman.layers import fused, passes
from elman.layers.masked_cell import MaskedCell
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks
from elman.layers.unroll import unroll
from elman.native import instruction_sets, kernel_mode, module, recurrences
from tests.gradients import equal_finite_differences

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
I = 3
CELL_OPTIONS = {
    "lstm": {},
    "lstm without biases": {"bias": False},
    "peephole_lstm": {},
    "coupled_lstm": {},
    "layer_norm_lstm": {},
    "layer_norm_lstm without biases": {"bias": False},
    "projected_lstm": {},
    "projected_lstm without biases": {"bias": False},
    "projected_lstm by one": {},
    "gru": {},
    "gru without biases": {"bias": False},
    "gru before": {"reset": "before"},
    "gru before without biases": {"reset": "before", "bias": False},
    **{f"elman {activation}": {"activation": activation} for activation in ("tanh", "relu", "sigmoid", "identity")},
}
every_cell = pytest.mark.parametrize("name", CELL_OPTIONS)
every_isa = pytest.mark.parametrize("isa", instruction_sets())


@pytest.fixture(autouse=True)
def _draws():
    torch.manual_seed(3)


def make(name, hidden, dtype=torch.float64):
    kind = CELLS.get(name.split()[0])
    options = CELL_OPTIONS[name]
    if name.startswith("projected"):
        hidden = max(hidden, 2)  # narrower than one is nothing
    if name.endswith("by one"):
        options = {"projection": hidden - 1}
    cell = kind(I, hidden, kind.Config(**options)).to(dtype)
    for parameter_name in ("gain_hh", "gain_c", "bias_c"):  # ones and zeros would hide which unit they act on
        if hasattr(cell, parameter_name):
            getattr(cell, parameter_name).data.uniform_(0.5, 1.5)
    return cell


def masked(cell, masks):
    return cell if masks is None else MaskedCell(cell, masks)


def lengths_of(shape, batch, steps):
    if shape == "padded":
        return None
    lengths = torch.randint(1, steps + 1, (batch,))
    if shape == "with empty rows":
        lengths[1::2] = 0
    return lengths


def results(cell, rows, packing, state, masks, backwards, weights):
    """Return outputs, last state and all gradients of one pass."""
    inputs = [tensor.clone().requires_grad_(True) for tensor in (rows, *state.tensors())]
    output, last, _ = unroll(masked(cell, masks), inputs[0], packing, state._make(inputs[1:]), None, backwards)
    found = [output, *last.tensors()]
    total = sum((tensor * weight).sum() for tensor, weight in zip(found, weights, strict=True))
    return [*found, *torch.autograd.grad(total, [*inputs, *cell.parameters()], materialize_grads=True)]


def compare(
    monkeypatch, cell, batch, steps, lengths=None, backwards=False, masks=None, zero_state=False, tolerance=None
):
    """Assert that compiled code and the step give the same from a random state."""
    dtype, width = cell.weight_hh.dtype, cell.output_size
    packing = Packing(batch, steps, lengths)
    count = sum(packing.batch_sizes)
    rows = torch.randn(count, I, dtype=dtype)
    state = cell.initial_state(batch)
    state = state if zero_state else state.map(torch.randn_like)
    weights = [torch.randn(count, width, dtype=dtype), *(torch.randn_like(part) for part in state.tensors())]
    run = functools.partial(results, cell, rows, packing, state, masks, backwards, weights)
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    expected = run()
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    called = []
    monkeypatch.setattr(fused, "run", lambda *given, real=fused.run: called.append(1) or real(*given))
    found = run()
    assert called or steps == 1 or not count
    # What layer normalization divides by may be small, and then makes single precision as much worse.
    single = 5e-4 if cell.kernel() == "layer_norm_lstm" else 5e-5
    tolerance = tolerance or (1e-11 if dtype == torch.float64 else single)
    for left, right in zip(found, expected, strict=True):
        torch.testing.assert_close(left, right, atol=tolerance, rtol=tolerance)


@every_isa
@every_cell
@pytest.mark.parametrize("shape", ["padded", "ragged", "with empty rows"])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_compiled_code_equals_the_step(monkeypatch, isa, name, shape, backwards, dtype):
    monkeypatch.setenv("ELMAN_ISA", isa)
    for batch, steps, hidden, zero_state in ((5, 4, 17, False), (8, 3, 7, True), (1, 6, 33, False)):
        lengths = lengths_of(shape, batch, steps)
        compare(monkeypatch, make(name, hidden, dtype), batch, steps, lengths, backwards, zero_state=zero_state)


@every_cell
@settings(max_examples=20)
@given(data=st.data())
def test_any_shape(name, data):
    sizes = st.one_of(st.integers(1, 40), st.sampled_from([16, 64, 65, 100]))
    batch, steps, hidden = data.draw(st.integers(1, 14)), data.draw(st.integers(2, 9)), data.draw(sizes)
    lengths = data.draw(st.one_of(st.none(), st.lists(st.integers(0, steps), min_size=batch, max_size=batch)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ELMAN_ISA", data.draw(st.sampled_from(instruction_sets())))
        given_lengths = None if lengths is None else torch.tensor(lengths)
        compare(monkeypatch, make(name, hidden), batch, steps, given_lengths, data.draw(st.booleans()))


@every_cell
@pytest.mark.parametrize("backwards", [False, True])
def test_a_large_batch(monkeypatch, name, backwards):
    lengths = torch.arange(100) % 5
    compare(monkeypatch, make(name, 18), 100, 4, lengths.sort(descending=True).values, backwards)


@pytest.mark.parametrize("name", ["layer_norm_lstm", "projected_lstm", "gru before", "lstm"])
def test_fewer_threads_than_asked_for(name):
    code = (
        "import pytest, torch; from tests.native.test_recurrences import compare, make; torch.set_num_threads(3)\n"
        f"with pytest.MonkeyPatch.context() as patch: compare(patch, make({name!r}, 90), 36, 9)"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "OMP_THREAD_LIMIT": "2", "OMP_DYNAMIC": "false"}
    )


@pytest.mark.parametrize("name", ["layer_norm_lstm", "gru before"])
def test_autocast_leaves_the_recurrence_in_its_type(monkeypatch, name):
    cell = make(name, 6, torch.float32)
    found = []
    for mode in ("reference", "native"):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        torch.manual_seed(1)
        with torch.autocast("cpu", torch.bfloat16):
            found.append(unroll(cell, torch.randn(6, I), Packing(2, 3), cell.initial_state(2))[0])
    assert found[1].dtype == torch.float32
    torch.testing.assert_close(*(output.float() for output in found), atol=0.05, rtol=0.05)


@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")  # from within torch
def test_forward_derivatives_take_the_step(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, rows = make("lstm", 4), torch.randn(6, I, dtype=torch.float64)
    tangent = torch.randn_like(rows)

    def output(x):
        return unroll(cell, x, Packing(2, 3), cell.initial_state(2))[0]

    with torch.no_grad(), torch.autograd.forward_ad.dual_level():
        found = torch.autograd.forward_ad.unpack_dual(
            output(torch.autograd.forward_ad.make_dual(rows, tangent))
        ).tangent
    step = 1e-6 * tangent
    with torch.no_grad():
        torch.testing.assert_close(found, (output(rows + step) - output(rows - step)) / 2e-6, atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize("threads", [2, 3])
@every_cell
def test_any_number_of_threads(monkeypatch, name, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        # Large enough that more than one thread pays.
        lengths = torch.tensor([9, 2, 9, 5, 7, 9, 1, 3, 9, 4, 9, 6] * 3)
        cell = make(name, 90)
        compare(monkeypatch, cell, 36, 9, lengths, True)
        compare(monkeypatch, cell, 36, 9, lengths, masks=random_masks("all", cell, Packing(36, 9, lengths)))
    finally:
        torch.set_num_threads(before)


def random_masks(kind, cell, packing):
    dtype, h = cell.weight_hh.dtype, cell.output_size

    def mask(rows, width=cell.hidden_size):
        return torch.rand(rows, width).gt(0.4).to(dtype) / 0.6

    count, batch = sum(packing.batch_sizes), packing.batch_size
    parts = cell.state_sizes
    stays = {part: mask(count, width).gt(0).to(dtype) for part, width in parts.items()}
    expected = {part: torch.full((batch, width), 0.3, dtype=dtype) for part, width in parts.items()}
    return {
        "hidden, each step": StepMasks(Drops(hidden=mask(count, h))),
        "hidden, one": StepMasks(Drops(hidden=mask(batch, h)), False),
        "candidate, each step": StepMasks(Drops(candidate=mask(count))),
        "candidate, one": StepMasks(Drops(candidate=mask(batch)), False),
        "zoneout": StepMasks(stays=stays),
        "expected zoneout": StepMasks(stays=expected, stays_each_step=False),
        "all": StepMasks(Drops(mask(batch, h), mask(batch)), False, stays),
    }[kind]


@every_cell
@pytest.mark.parametrize(
    "lengths", [None, [5, 2, 0, 4, 5, 1, 3], [3, 1, 2, 1, 0, 0, 0]], ids=["padded", "ragged", "N = B"]
)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        "hidden, each step",
        "hidden, one",
        "candidate, each step",
        "candidate, one",
        "zoneout",
        "expected zoneout",
        "all",
    ],
)
def test_every_mask(monkeypatch, name, lengths, backwards, kind):
    cell = make(name, 19)
    given_lengths = None if lengths is None else torch.tensor(lengths)
    masks = random_masks(kind, cell, Packing(7, 5, given_lengths))
    compare(monkeypatch, cell, 7, 5, given_lengths, backwards, masks)


@every_isa
@pytest.mark.parametrize("name", ["lstm", "layer_norm_lstm", "projected_lstm", "gru", "gru before", "elman relu"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_all_masks_in_every_type_and_instruction_set(monkeypatch, isa, name, dtype):
    monkeypatch.setenv("ELMAN_ISA", isa)
    cell, lengths = make(name, 21, dtype), torch.tensor([4, 2, 3, 4, 1])
    compare(monkeypatch, cell, 5, 4, lengths, masks=random_masks("all", cell, Packing(5, 4, lengths)))


@pytest.mark.parametrize("name", ["lstm", "layer_norm_lstm", "projected_lstm", "gru", "gru before", "elman tanh"])
def test_ten_thousand_steps(monkeypatch, name):
    compare(monkeypatch, make(name, 5), 2, 10_000, tolerance=1e-9)


@pytest.mark.parametrize(
    "name",
    ["lstm", "layer_norm_lstm", "projected_lstm", "gru", "gru before", "elman tanh", "elman relu", "elman sigmoid"],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30, -1e30, 1e-30])
def test_values_at_the_edge_pass_as_in_the_step(monkeypatch, name, value):
    cell, packing = make(name, 20, torch.float32), Packing(3, 4)
    rows = torch.randn(12, I)
    rows[4, 1] = value
    found = []
    for mode in ("reference", "native"):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        found.append(unroll(cell, rows, packing, cell.initial_state(3))[0])
    torch.testing.assert_close(*found, equal_nan=True, rtol=1e-5, atol=1e-5)


@every_isa
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_functions_of_the_gates_are_exact_to_the_last_bits(monkeypatch, isa, dtype, activation):
    monkeypatch.setenv("ELMAN_ISA", isa)
    kind = CELLS.get("elman")
    cell = kind(1, 1, kind.Config(activation=activation, bias=False)).to(dtype)
    cell.weight_ih.data.fill_(1.0)
    cell.weight_hh.data.fill_(0.0)
    x = torch.cat([torch.linspace(-90, 90, 4001), torch.logspace(-37, 0, 2001), -torch.logspace(-37, 0, 2001)]).to(
        dtype
    )
    found, *_ = unroll(cell, x[:, None], Packing(1, len(x)), cell.initial_state(1))
    exact = getattr(torch, activation)(x.double())
    error = (found[:, 0].double() - exact).abs() / exact.abs().clamp(min=torch.finfo(dtype).tiny)
    assert float(error[x > -80].detach().max()) < 6 * torch.finfo(dtype).eps


@pytest.mark.parametrize("name", ["peephole_lstm", "layer_norm_lstm", "projected_lstm", "gru before"])
def test_the_gradient_check_of_torch(monkeypatch, name):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, packing = make(name, 3), Packing(3, 4, torch.tensor([4, 2, 3]))
    masks = random_masks("all", cell, packing)

    def function(rows, *state):
        output, last, _ = unroll(masked(cell, masks), rows, packing, cell.state_type(*state), None, True)
        return output, *last

    shapes = ((9, I), *((3, width) for width in cell.state_sizes.values()))
    inputs = [torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    assert equal_finite_differences(function, inputs)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_projection_that_changes_nothing_leaves_the_lstm(backwards):
    draw = np.random.default_rng(0)
    sizes, batch, hidden = np.array([4, 3, 3, 1]), 5, 11
    shapes = ((11, I), (4 * hidden, I), (4 * hidden, hidden), (4 * hidden,))
    arrays = [draw.normal(size=shape) for shape in shapes]
    state = [draw.normal(size=(batch, hidden)) for _ in "hc"]
    found = []
    for kind, projection in (("lstm", None), ("projected_lstm", np.eye(hidden))):
        given = recurrences.Given(kind, sizes, backwards, *arrays, None, None, *state, projection=projection)
        inner = None if projection is None else np.empty((11, hidden))
        made = made_for(given, inner=inner)
        recurrences.forward(given, made, 1)
        gradients = gradients_for(given, output=np.ones((11, hidden)), bias=np.empty(4 * hidden), inner=inner)
        recurrences.backward(given, made, gradients._replace(inner=None if inner is None else inner.copy()), 1)
        found.append([made.output, made.h_last, made.c_last, gradients.z, gradients.bias, gradients.h, gradients.c])
    for left, right in zip(*found, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-14)


def test_only_what_is_asked_for_is_made(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, packing = make("lstm", 6), Packing(2, 3)
    rows, state = torch.randn(6, I, dtype=torch.float64), cell.initial_state(2)
    learned, differentiated = [], []
    forward, backward = passes.forward, passes.backward
    monkeypatch.setattr(passes, "forward", lambda *given: learned.append(given[2]) or forward(*given))
    monkeypatch.setattr(passes, "backward", lambda *given: differentiated.append(given[4]) or backward(*given))
    cell.weight_hh.requires_grad_(False)
    unroll(cell, rows, packing, state)[1].c.sum().backward()
    assert cell.weight_hh.grad is None
    assert cell.weight_ih.grad is not None
    assert differentiated == [(False, True, False)]
    with torch.no_grad():
        unroll(cell, rows, packing, state)
    with torch.inference_mode():
        unroll(cell, rows, packing, state)
    assert learned == [True, False, False]


@pytest.mark.parametrize("name", ["gru", "gru before", "layer_norm_lstm", "projected_lstm"])
def test_going_backward_twice_gives_the_same(monkeypatch, name):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, packing = make(name, 6), Packing(2, 3)
    rows = torch.randn(6, I, dtype=torch.float64, requires_grad=True)
    output, *_ = unroll(cell, rows, packing, cell.initial_state(2))
    other, *_ = unroll(cell, 2 * rows, packing, cell.initial_state(2))
    first = torch.autograd.grad(output.square().sum(), [rows, *cell.parameters()], retain_graph=True)
    kept = [gradient.clone() for gradient in first]
    torch.autograd.grad(other.sum(), [rows, *cell.parameters()])
    second = torch.autograd.grad(output.square().sum(), [rows, *cell.parameters()])
    for gradients in zip(first, kept, second, strict=True):
        assert all(torch.equal(gradients[0], gradient) for gradient in gradients)


def test_parameters_and_states_in_any_layout(monkeypatch):
    cell, packing = make("peephole_lstm", 4), Packing(2, 3)
    for name in ("weight_ih", "weight_hh", "weight_ch"):
        turned = torch.randn(*reversed(getattr(cell, name).shape), dtype=torch.float64).t()
        setattr(cell, name, torch.nn.Parameter(turned))
    rows = torch.randn(I, 6, dtype=torch.float64).t()
    state = cell.state_type(*(torch.randn(1, 4, dtype=torch.float64).expand(2, 4) for _ in "hc"))
    found = []
    for mode in ("reference", "native"):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        output, last, *_ = unroll(cell, rows, packing, state)
        found.append([output, *last, *torch.autograd.grad(output.sum() + last.c.sum(), list(cell.parameters()))])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right)


def test_types_that_do_not_go_together_are_left_to_the_step(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, rows = make("gru", 4), torch.randn(6, I, dtype=torch.float64)
    with pytest.raises(RuntimeError, match="dtype"):
        unroll(cell, rows, Packing(2, 3), cell.initial_state(2).map(torch.Tensor.float))
    masks = StepMasks(Drops(hidden=torch.ones(6, 4)))
    with pytest.raises(ShapeError, match=r"entering: got float32 \(6, 4\), expected float64 \(6, 4\)"):
        unroll(masked(cell, masks), rows, Packing(2, 3), cell.initial_state(2))
    with pytest.raises(ShapeError, match="state: got 3 rows, expected 2: one for each sequence"):
        unroll(cell, rows, Packing(2, 3), cell.initial_state(3))


def test_transforms_of_torch_take_the_step(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, packing = make("lstm", 4), Packing(2, 3)
    rows = torch.randn(6, I, dtype=torch.float64, requires_grad=True)

    def loss(rows):
        return unroll(cell, rows, packing, cell.initial_state(2))[0].square().sum()

    [expected] = torch.autograd.grad(loss(rows), rows)
    torch.testing.assert_close(torch.func.grad(loss)(rows), expected)


def test_a_gradient_of_a_gradient_says_what_to_do(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, rows = make("gru", 4), torch.randn(6, I, dtype=torch.float64, requires_grad=True)
    output, *_ = unroll(cell, rows, Packing(2, 3), cell.initial_state(2))
    [gradient] = torch.autograd.grad(output.square().sum(), rows, create_graph=True)
    with pytest.raises(KernelError, match=r"a gradient of a gradient.* with ELMAN_KERNELS=reference"):
        gradient.sum().backward()


@pytest.mark.parametrize("name", ["lstm", "layer_norm_lstm", "projected_lstm", "gru before"])
def test_torch_may_export_it(monkeypatch, name):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell = make(name, 4, torch.float32)

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = cell

        def forward(self, rows):
            return unroll(self.cell, rows, Packing(2, 3), self.cell.initial_state(2))[0]

    rows = torch.randn(6, I)
    with torch.no_grad():
        exported = torch.export.export(Module(), (rows,))
        torch.testing.assert_close(exported.module()(rows), Module()(rows))
    assert "elman.recurrence" in str(exported.graph)


@pytest.mark.parametrize("name", ["lstm", "projected_lstm", "gru"])
def test_the_operator_is_registered_as_torch_wants_it(name):
    cell, packing = make(name, 4, torch.float32), Packing(2, 3)
    state = cell.initial_state(2)
    tensors = (torch.randn(6, I), cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh, *[None] * 4, state.h)
    given = [None if tensor is None else tensor.detach() for tensor in (*tensors, getattr(state, "c", None))]
    arguments = (
        *given,
        name,
        packing.batch_sizes,
        False,
        None,
        None,
        True,
        None,
        None,
        True,
        0.0,
        getattr(cell, "weight_hr", None),
    )
    torch.library.opcheck(fused.recurrence, arguments, test_utils=("test_schema", "test_faketensor"))


@pytest.mark.parametrize("name", ["lstm", "layer_norm_lstm", "projected_lstm"])
def test_two_threads_of_python_at_once(monkeypatch, name):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    cell, packing = make(name, 64), Packing(12, 10)
    rows, state = torch.randn(120, I, dtype=torch.float64), cell.initial_state(12)
    weights = [torch.randn(120, cell.output_size, dtype=torch.float64), *(torch.randn_like(part) for part in state)]
    run = functools.partial(results, cell, rows, packing, state, None, False, weights)
    expected, wrong = run(), []

    def work():
        for _ in range(10):
            if not all(map(torch.equal, run(), expected)):
                wrong.append(1)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    torch.set_num_threads(before)
    assert not wrong


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_computes_the_same(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    cell = make("lstm", 128)
    rows, state = torch.randn(128, I, dtype=torch.float64), cell.initial_state(32)
    parameters = (cell.weight_ih, cell.weight_hh, cell.bias_ih)
    arrays = map(_numpy, (rows, *parameters))
    given = recurrences.Given("lstm", np.full(4, 32), False, *arrays, None, None, *map(_numpy, state))
    expected = _forward(given)  # starts the threads
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(_forward(given), expected) else 1)
    torch.set_num_threads(before)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _numpy(tensor):
    return tensor.detach().numpy()


def _forward(given):
    rows, batch, hidden = len(given.input), *given.h_first.shape
    shapes = ((rows, hidden), (batch, hidden), (batch, hidden), None, None, None, (rows, hidden))
    made = recurrences.Made(*(None if shape is None else np.empty(shape) for shape in shapes))
    recurrences.forward(given, made, 2)
    return made.output


# What does not fit


def given_lstm(**changes):
    arrays = {
        "kind": "lstm",
        "sizes": np.array([2, 1]),
        "backwards": False,
        "input": np.zeros((3, 5)),
        "weight_ih": np.zeros((16, 5)),
        "weight_hh": np.zeros((16, 4)),
        "bias": None,
        "inner_bias": None,
        "peephole": None,
        "h_first": np.zeros((2, 4)),
        "c_first": np.zeros((2, 4)),
    }
    return recurrences.Given(**{**arrays, **changes})


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"kind": "lsmt"}, KernelError, "kind: got 'lsmt', expected one of lstm"),
        ({"sizes": np.array([1, 2])}, ShapeError, r"sizes: got \[1 2\], expected falling ones of 1\.\.2, 3 in all"),
        ({"sizes": np.array([2, 2])}, ShapeError, "sizes:"),
        ({"weight_hh": np.zeros((12, 4))}, ShapeError, r"weight_hh: got float64 \(12, 4\), expected float64 \(16, 4\)"),
        ({"input": np.zeros((3, 6))}, ShapeError, r"input: got float64 \(3, 6\), expected float64 \(3, 5\)"),
        ({"h_first": np.zeros((2, 4), np.float32)}, ShapeError, r"h_first: got float32 \(2, 4\), expected float64"),
        ({"bias": np.zeros(4)}, ShapeError, r"bias: got float64 \(4,\), expected float64 \(16,\)"),
        ({"c_first": None}, ShapeError, "c_first: needed by lstm"),
        ({"peephole": np.zeros((3, 4))}, ShapeError, "peephole: unknown to lstm"),
        (
            {"masks": recurrences.Masks(entering=np.zeros((7, 4)))},
            ShapeError,
            r"entering: got float64 \(7, 4\), expected",
        ),
        ({"inner_bias": np.zeros(4)}, ShapeError, "inner_bias: unknown to lstm"),
        ({"norm": recurrences.Norm(gain=np.zeros(16))}, ShapeError, "gain: unknown to lstm"),
        ({"weight_ih": None}, ShapeError, "weight_ih: needed by lstm"),
        ({"kind": "layer_norm_lstm"}, ShapeError, "weight_ih: unknown to layer_norm_lstm"),
        ({"kind": "layer_norm_lstm"}, ShapeError, "memory_bias: needed by layer_norm_lstm"),
        ({"kind": "projected_lstm"}, ShapeError, "projection: needed by projected_lstm"),
        ({"projection": np.zeros((4, 4))}, ShapeError, "projection: unknown to lstm"),
        (
            {"kind": "projected_lstm", "projection": np.zeros((4, 6))},
            ShapeError,
            r"weight_hh: got float64 \(16, 4\), expected float64 \(24, 4\)",
        ),
        (
            {"kind": "tanh", "masks": recurrences.Masks(c_stays=np.zeros((3, 4)))},
            ShapeError,
            "c_stays: unknown to tanh",
        ),
    ],
)
def test_arrays_that_do_not_fit(changes, error, message):
    with pytest.raises(error, match=message):
        given_lstm(**changes).check()


def made_for(given, **changes):
    rows, (batch, hidden) = len(given.input), given.h_first.shape
    parts = {name: np.zeros((rows, hidden)) for name in ("output", "memory", "entering")}
    parts |= {"h_last": np.zeros((batch, hidden)), "c_last": np.zeros((batch, hidden)), "inner": None}
    return recurrences.Made(**{**parts, "gates": np.zeros((rows, len(given.weight_hh))), **changes})


def gradients_for(given, **changes):
    rows, (batch, hidden) = len(given.input), given.h_first.shape
    names = ("inner", "bias", "inner_bias", "peephole")
    parts = dict.fromkeys(("output", *names)) | {name: np.zeros((batch, hidden)) for name in "hc"}
    return recurrences.Gradients(**{**parts, "z": np.zeros((rows, len(given.weight_hh))), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"output": np.zeros((1, 4))}, r"output: got float64 \(1, 4\), expected float64 \(3, 4\)"),
        ({"c_last": None}, "c_last: needed by lstm"),
        ({"memory": None}, "memory: needed by lstm"),
        ({"inner": np.zeros((3, 4))}, "inner: unknown to lstm"),
        ({"scales": np.zeros((3, 2))}, "scales: unknown to lstm"),
    ],
)
def test_results_that_do_not_fit(changes, message):
    given = given_lstm()
    made_for(given).check(given, False)
    with pytest.raises(ShapeError, match=message):
        recurrences.forward(given, made_for(given, **changes), 1)


def test_a_mask_needs_room_for_what_enters():
    given = given_lstm(masks=recurrences.Masks(entering=np.zeros((3, 4))))
    bare = made_for(given, gates=None, memory=None, entering=None)
    with pytest.raises(ShapeError, match="entering: needed by lstm"):
        recurrences.forward(given, bare, 1)


@pytest.mark.parametrize(
    ("made", "gradients", "message"),
    [
        ({"gates": None}, {}, "gates: needed by lstm"),
        ({"memory": None}, {}, "memory: needed by lstm"),
        ({"entering": None}, {}, "entering: needed by lstm"),
        ({}, {"c": None}, "d_c: needed by lstm"),
        ({}, {"z": np.zeros((3, 4))}, r"d_z: got float64 \(3, 4\), expected float64 \(3, 16\)"),
        ({}, {"gain": np.zeros(16)}, "d_gain: unknown to lstm"),
        ({}, {"inner": np.zeros((3, 4))}, "d_inner: unknown to lstm"),
    ],
)
def test_gradients_that_do_not_fit(made, gradients, message):
    given = given_lstm()
    with pytest.raises(ShapeError, match=message):
        recurrences.backward(given, made_for(given, **made), gradients_for(given, **gradients), 1)


def test_modes_and_instruction_sets_that_are_not_there(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "nativ")
    with pytest.raises(KernelError, match=r"ELMAN_KERNELS: unknown mode 'nativ'. Did you mean 'native'\?"):
        kernel_mode()
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    monkeypatch.setattr("elman.native.module", lambda: None)
    with pytest.raises(KernelError, match=r"ELMAN_KERNELS=native: the compiled module is not there. Install a C\+\+17"):
        kernel_mode()
    monkeypatch.undo()
    monkeypatch.setenv("ELMAN_ISA", "avx9")
    cell = make("lstm", 4)
    with pytest.raises(KernelError, match="ELMAN_ISA: got 'avx9', expected one of"):
        unroll(cell, torch.randn(6, I, dtype=torch.float64), Packing(2, 3), cell.initial_state(2))


@pytest.mark.parametrize("method", ["values", "recur", "project", "recurrent"])
def test_a_redefined_step_is_not_taken_for_its_parent(monkeypatch, method):
    parent = CELLS.get("lstm")

    def redefined(self, first, *others):
        return getattr(parent, method)(self, 2 * first, *others)

    cell = type("Doubled", (parent,), {method: redefined})(I, 4)
    rows, packing = torch.randn(6, I), Packing(2, 3)
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    found, *_ = unroll(cell, rows, packing, cell.initial_state(2))
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    torch.testing.assert_close(found, unroll(cell, rows, packing, cell.initial_state(2))[0])
