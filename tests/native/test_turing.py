"""The neural Turing machine in compiled code: sizes of every kind against the definition, and what it refuses."""

import numpy as np
import pytest
import torch

from elman.cells.lstm import LSTMCell
from elman.errors import KernelError, ShapeError
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.machines.ntm import NTM, NTMState
from elman.native import turing


def somewhere(machine, batch, draw):
    """Return a state in which memory, heads and controller have been used."""
    state = machine.initial_state(batch)
    config, kind = machine.config, state.r.dtype

    def normal(*shape):
        return torch.randn(*shape, generator=draw, dtype=kind)

    memory = NTMState(
        normal(batch, config.slots, config.slot_size) / 2,
        normal(batch, config.read_heads, config.slots).softmax(-1),
        normal(batch, config.write_heads, config.slots).softmax(-1),
    )
    controller = state.controller.map(lambda one: normal(*one.shape) / 2)
    return state._replace(memory=memory, r=normal(*state.r.shape), controller=controller)


def both(hidden, lengths, kind, **options):
    """Return outputs, last states and all gradients of the compiled code, and of the definition."""
    draw = torch.Generator().manual_seed(3)
    machine = NTM(lambda size: LSTMCell(size, hidden), 3, NTM.Config(**options)).to(kind)
    x = torch.randn(len(lengths), max(lengths), 3, generator=draw, dtype=kind)
    before, packing = somewhere(machine, len(lengths), draw), Packing(len(x), x.shape[1], torch.tensor(lengths))
    found = []
    for path in (unroll, loop):
        machine.zero_grad()
        inputs, start = x.clone().requires_grad_(), before.map(lambda one: one.clone().requires_grad_())
        made = path(machine, packing.pack(inputs), packing, start)
        (made.outputs.sin().sum() + sum(one.cos().sum() for one in made.state.tensors())).backward()
        gradients = [one.grad for one in (*machine.parameters(), inputs, *start.tensors())]
        found.append([made.outputs, *made.state.tensors(), *gradients])
    return zip(*found, strict=True)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("hidden", "lengths", "options"),
    [
        (4, [6, 2, 4, 0], {"slots": 5, "slot_size": 3}),
        (7, [5, 5, 1], {"slots": 17, "slot_size": 5, "read_heads": 2, "write_heads": 3}),
        (33, [3, 3], {"slots": 2, "slot_size": 1}),
        (20, [4] * 9, {"slots": 128, "slot_size": 20, "write_heads": 2}),
    ],
)
def test_compiled_code_gives_the_numbers_of_the_definition(hidden, lengths, options, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for one, other in both(hidden, lengths, torch.float64, **options):
            torch.testing.assert_close(one, other, atol=1e-11, rtol=1e-11)
        for one, other in both(hidden, lengths, torch.float32, **options):
            torch.testing.assert_close(one, other, atol=2e-4, rtol=2e-4)
    finally:
        torch.set_num_threads(before)


def test_it_is_taken_where_the_controller_is_an_lstm():
    machine, packing = NTM(lambda size: LSTMCell(size, 4), 3), Packing(2, 5)
    assert machine.whole(torch.randn(10, 3), packing, machine.initial_state(2), None, False) is not None
    assert machine.whole(torch.randn(10, 3), packing, machine.initial_state(2), None, True) is None


def given(**other):
    arrays = {
        "input": (4, 8),
        "weight_state": (8, 5),
        "weight_said": (24, 2),
        "bias_said": (24,),
        "state_first": (2, 5),
        "c_first": (2, 2),
        "memory_first": (2, 3, 16),
        "heads_first": (2, 2, 16),
    }
    made = {name: np.zeros(shape, np.float32) for name, shape in arrays.items()}
    return turing.Given(np.array([2, 2]), 5, 1, 1, **{**made, **other})


def test_arrays_that_do_not_fit_are_refused():
    room = {name: np.zeros(shape, np.float32) for name, shape in given().room.items()}
    turing.forward(given(), turing.Made(**room), 1)
    with pytest.raises(ShapeError, match=r"weight_said: got float32 \(23, 2\), expected float32 \(24, 2\)\."):
        turing.forward(given(weight_said=np.zeros((23, 2), np.float32)), turing.Made(**room), 1)
    with pytest.raises(ShapeError, match=r"memory_first: got float32 \(2, 3, 5\), expected float32 \(2, 3, 16\)\."):
        turing.forward(given(memory_first=np.zeros((2, 3, 5), np.float32)), turing.Made(**room), 1)
    states = (room[name] for name in ("state_last", "c_last", "memory_last", "heads_last"))
    gradients = turing.Gradients(None, *states, room["gates"], room["said"])
    with pytest.raises(ShapeError, match=r"gates: needed by turing\."):
        turing.backward(given(), turing.Made(**{**room, "gates": None}), gradients, 1)


def machine_and_rows(batch=2, steps=3):
    machine = NTM(lambda size: LSTMCell(size, 4), 3, NTM.Config(slots=5, slot_size=3))
    return machine, Packing(batch, steps), torch.randn(batch * steps, 3)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_state_of_another_number_of_rows_is_refused(rows):
    machine, packing, x = machine_and_rows()
    with pytest.raises(ShapeError, match=rf"^state: got {rows} rows, expected 2: one for each sequence\."):
        unroll(machine, x, packing, machine.initial_state(rows))


@pytest.mark.parametrize("sizes", [[4000, -3994], [1, 2, 3], [6], [2, 2, 1]])
def test_sizes_that_are_no_packing_are_refused(sizes):
    given, made = arrays()
    with pytest.raises(ShapeError, match=r"^sizes: got .*, expected falling ones of 1\.\.2, 6 in all\."):
        turing.forward(given._replace(sizes=np.array(sizes)), made, 1)


@pytest.mark.parametrize("name", turing.Made._fields[5:])
def test_of_what_is_kept_for_the_way_back_all_is_there_or_nothing(name):
    given, made = arrays()
    with pytest.raises(ShapeError, match=f"{name}: needed by turing"):
        turing.forward(given, made._replace(**{name: None}), 1)
    turing.forward(given, turing.Made(*made[:5], *[None] * (len(made) - 5)), 1)


def arrays():
    """Return a call of two sequences of three steps."""
    stride = turing.stride_of(5, np.dtype(np.float64))
    shapes = {"input": (6, 16), "weight_state": (16, 7), "weight_said": (24, 4), "bias_said": (24,)}
    shapes |= {"state_first": (2, 7), "c_first": (2, 4), "memory_first": (2, 3, stride), "heads_first": (2, 2, stride)}
    given = turing.Given(np.array([2, 2, 2]), 5, 1, 1, **{name: np.zeros(shape) for name, shape in shapes.items()})
    return given, turing.Made(**{name: np.zeros(shape) for name, shape in given.room.items()})


def test_a_gradient_of_its_gradient_is_refused_and_not_wrong():
    machine, packing, x = machine_and_rows()
    x.requires_grad_()
    made = unroll(machine, x, packing, machine.initial_state(2))
    (gradient,) = torch.autograd.grad(made.outputs.sum(), x, create_graph=True)
    with pytest.raises(KernelError, match="a gradient of a gradient: what is differentiated here has none"):
        gradient.square().sum().backward()


def test_under_autocast_it_computes_as_in_the_type_of_its_weights():
    machine, packing, x = machine_and_rows()
    with torch.autocast("cpu", torch.bfloat16):
        made = unroll(machine, x, packing, machine.initial_state(2))
        told = loop(machine, x, packing, machine.initial_state(2))
    torch.testing.assert_close(made.outputs, told.outputs.float(), atol=2e-2, rtol=2e-2)
