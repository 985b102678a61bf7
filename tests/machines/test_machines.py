"""Every machine, found by the registry, through one contract; and against numbers computed elsewhere."""

import json
from pathlib import Path

import pytest
import torch

from elman.cells.elman import ElmanCell
from elman.cells.lstm import LSTMCell
from elman.errors import ConfigError
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.machines import MACHINES
from elman.machines.dnc import DNC, DNCState
from elman.machines.neural_stack import NeuralStack
from elman.machines.ntm import NTM, NTMState
from elman.machines.stack_rnn import StackRNN, StacksState
from elman.moment import Noise

B, T, I, H = 3, 5, 2, 4
GOLDEN = json.loads((Path(__file__).parent / "goldens.json").read_text())
CASES = {
    "none": {},
    "ntm": {"slots": 5, "slot_size": 3},
    "ntm of several heads": {"slots": 17, "slot_size": 3, "read_heads": 2, "write_heads": 3},
    "dnc": {"slots": 4, "slot_size": 3, "read_heads": 2},
    "stack_rnn": {"stacks": 2},
    "neural_stack": {"slot_size": 3},
    "neural_stack of a queue": {"slot_size": 3, "order": "queue"},
}

pytestmark = pytest.mark.usefixtures("float64")
controllers = pytest.mark.parametrize("cell", [LSTMCell, ElmanCell])


@pytest.fixture(params=CASES)
def name(request):
    return request.param


def make(name, cell=LSTMCell, hidden=H, **options):
    kind = MACHINES.get(name.split()[0])
    return kind(lambda size: cell(size, hidden), I, kind.Config(**CASES[name], **options))


def started(machine, batch=B, steps=T):
    """Return a state of some steps before, so that nothing in it is zero that a machine fills."""
    state = machine.initial_state(batch, steps=steps + 3)
    for t in range(3):
        _, state = machine(torch.randn(batch, I, generator=torch.Generator().manual_seed(t)), state)
    return state.map(torch.detach)


def run(machine, x, state, lengths=None, path=unroll):
    packing = Packing(len(x), x.shape[1], lengths)
    made = path(machine, packing.pack(x), packing, state)
    return packing.unpack(made.outputs), made.state


def same(left, right, tolerance=1e-10):
    torch.testing.assert_close(left, torch.as_tensor(right), atol=tolerance, rtol=0)


def same_state(left, right):
    for a, b in zip(left.tensors(), right.tensors(), strict=True):
        same(a, b)


def test_every_machine_has_a_case():
    assert {name.split()[0] for name in CASES} == set(MACHINES.names())


@controllers
def test_a_sequence_is_its_steps(name, cell):
    machine, x = make(name, cell), torch.randn(B, T, I)
    state = before = started(machine)
    steps = []
    for t in range(T):
        output, state = machine(x[:, t], state)
        steps.append(output)
    outputs, last = run(machine, x, before)
    same(outputs, torch.stack(steps, 1))
    same_state(last, state)
    assert outputs.shape == (B, T, machine.output_size)


@controllers
def test_the_fast_path_equals_the_definition_with_gradients(name, cell):
    machine, x, lengths = make(name, cell), torch.randn(B, T, I), torch.tensor([5, 0, 3])
    before, found = started(machine), []
    for path in (unroll, loop):
        machine.zero_grad()
        inputs, start = x.clone().requires_grad_(), before.map(lambda one: one.clone().requires_grad_())
        outputs, last = run(machine, inputs, start, lengths, path)
        (outputs.sin().sum() + sum(one.cos().sum() for one in last.tensors())).backward()
        gradients = [one.grad for one in (*machine.parameters(), inputs, *start.tensors())]
        found.append([outputs, *last.tensors(), *(one for one in gradients if one is not None)])
    for left, right in zip(*found, strict=True):
        same(left, right)


def test_gradients_are_those_of_finite_differences(name):
    machine, x = make(name, hidden=2), torch.randn(2, 3, I)
    weights = [one.detach().clone().requires_grad_() for one in machine.parameters()]
    names = [one for one, _ in machine.named_parameters()]

    def function(*values):
        made = torch.func.functional_call(
            machine, dict(zip(names, values, strict=True)), (x[:, 0], started(machine, 2, 3))
        )
        return made[0], *made[1].tensors()

    assert torch.autograd.gradcheck(function, weights)


def test_rows_do_not_hear_of_each_other(name):
    machine, x, lengths = make(name), torch.randn(B, T, I), torch.tensor([2, 5, 4])
    state = machine.initial_state(B, steps=T)
    outputs, _ = run(machine, x, state, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone, _ = run(machine, x[row : row + 1, :length], machine.initial_state(1, steps=length))
        same(outputs[row, :length], alone[0])  # trap 30, and a state made for fewer steps
        assert not outputs[row, length:].any()


def test_nothing_becomes_nan_from_the_start_of_an_empty_memory(name):
    machine, x = make(name).float(), torch.randn(B, 40, I).float()
    outputs, _ = run(machine, 100 * x, machine.initial_state(B, steps=40))
    outputs.sum().backward()
    assert outputs.isfinite().all()
    assert all(one.grad is None or one.grad.isfinite().all() for one in machine.parameters())


def test_D42_a_step_of_the_ntm():
    golden = GOLDEN["ntm_step"]
    machine = NTM(lambda size: LSTMCell(size, 5), I, NTM.Config(slots=4, slot_size=3))
    raw, w = golden["raw"], torch.tensor(golden["w_prev"])[None, None]
    said = [*raw["k"] * 2, raw["beta"], raw["beta"], raw["g"], raw["g"], *raw["s"] * 2, raw["gamma"], raw["gamma"]]
    memory = torch.tensor(golden["M"])[None]
    found = machine.turned(NTMState(memory, w, w), torch.tensor([*said, *raw["e"], *raw["a"]])[None])
    for letter, expected in (("content", "w_content"), ("read", "w"), ("write", "w")):
        same(found[letter][0, 0], golden[expected], 2e-12)
    same(found["r"][0], golden["read_before_write"], 2e-12)
    same(found["M"][0], golden["M_after"], 2e-12)


def test_D42_a_step_of_the_dnc():
    golden = GOLDEN["dnc_step"]
    machine = DNC(lambda size: LSTMCell(size, 5), I, DNC.Config(slots=4, slot_size=3, read_heads=2))
    parts = ("M", "usage", "write_prev", "read_prev", "precedence", "link")
    said = torch.tensor([((7 * i % 11) - 5) / 5 for i in range(28)])[None]
    assert machine.said_size == golden["interface_size"] == 28
    found = machine.turned(DNCState(*(torch.tensor(golden[part])[None] for part in parts)), said)
    new = {"usage": "usage_new", "M": "M_new", "links": "link_new", "precedence": "precedence_new"}
    for letter in ("usage", "allocation", "write", "M", "links", "precedence", "read"):
        same(found[letter][0], golden[new.get(letter, letter)], 2e-12)
    same(found["r"].view(2, 3), golden["read_vectors"], 2e-12)


def test_numbers_on_a_stack():
    machine = StackRNN(lambda size: LSTMCell(size, 5), I, StackRNN.Config(stacks=1))
    state = StacksState(torch.full((1, 1, 5), -1.0))
    for step in GOLDEN["stack_rnn"]:
        actions = torch.tensor([step["push"], step["pop"], step["noop"]]).log()
        found = machine.turned(state, torch.cat([actions, torch.tensor([step["value"]]).logit()])[None])
        state = StacksState(found["stacks"])
        same(state.stacks[0, 0], step["stack"])
        same(found["r"][0], step["stack"][:2])


@pytest.mark.parametrize("order", ["stack", "queue"])
def test_vectors_on_a_stack_and_in_a_queue(order):
    machine = NeuralStack(lambda size: LSTMCell(size, 5), I, NeuralStack.Config(slot_size=3, order=order))
    state = machine.blank(torch.zeros(1, 1), 6)
    for step in GOLDEN[f"neural_{order}"]:
        chances = torch.tensor([step["d"], step["u"]], dtype=torch.float64).logit(eps=1e-15)
        vector = torch.tensor(step["v"], dtype=torch.float64).clamp(-1 + 1e-15, 1 - 1e-15).atanh()
        found = machine.turned(state, torch.cat([chances, vector])[None])
        state = type(state)(found["strengths"], found["vectors"], found["place"])
        same(found["r"][0], torch.tensor(step["r"], dtype=torch.float64), 1e-12)
    with pytest.raises(
        ConfigError, match=r"neural_stack: got more than 6 steps, expected at most as many as its state was"
    ):
        machine.turned(state, torch.zeros(1, 5))


def test_a_memory_can_grow_and_its_weights_stay():
    machine = make("ntm")
    wider = machine.resized(40)
    assert (machine.slots, wider.slots) == (5, 40)
    assert wider.initial_state(2).memory.M.shape == (2, 40, 3)
    assert wider.speech.weight is machine.speech.weight
    with pytest.raises(
        ConfigError, match=r"slots: got 9, but the memory of StackRNN has no number of places\. Leave it"
    ):
        make("stack_rnn").resized(9)


def test_what_is_said_is_cut_and_has_no_gradient_there():
    machine = make("ntm")
    with torch.no_grad():
        machine.speech.bias.fill_(50.0)
    outputs, _ = run(machine, torch.randn(B, T, I), machine.initial_state(B))
    outputs.sum().backward()
    assert outputs.isfinite().all()
    assert not machine.speech.bias.grad.any()


@pytest.mark.parametrize("name", [name for name in CASES if name != "none"])
def test_noise_in_what_is_said_is_another_bias_at_each_step(name):
    machine, x, packing = make(name, noise=0.5), torch.randn(1, T, I), Packing(1, T)
    quiet, state = loop(machine, x[0], packing, machine.initial_state(1, steps=T)), machine.initial_state(1, steps=T)
    noisy = unroll(machine.under(Noise(1, 0), packing), x[0], packing, state).outputs
    drawn = torch.empty(T, machine.said_size).normal_(0, 0.5, generator=Noise(1, 0).generator(x.device))
    bias = machine.speech.bias.detach().clone()
    for t in range(T):
        machine.speech.bias.data = bias + drawn[t]
        output, state = machine(x[:, t], state)
        same(noisy[t : t + 1], output)
    machine.speech.bias.data = bias
    assert not torch.allclose(noisy, quiet.outputs)
    same(unroll(machine.under(None, packing), x[0], packing, machine.initial_state(1, steps=T)).outputs, quiet.outputs)


def test_noise_is_refused_where_nothing_is_said():
    with pytest.raises(ConfigError, match=r"noise: got 0\.5, but NoMemory says nothing to a memory\. Leave it out\."):
        make("none", noise=0.5)
