"""Curriculum rows B: how recurrences are put together."""

import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.layers.recurrent import RecurrentConfig, RecurrentStack

B, T, I, H = 3, 5, 4, 6
THEIRS = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


pytestmark = pytest.mark.usefixtures("float64")


def stack(name="lstm", layers=1, inputs=I, **options):
    config = RecurrentConfig(cell=name, num_layers=layers, hidden_size=H, dropout=0.0, **options)
    return RecurrentStack(inputs, config)


@pytest.mark.parametrize(
    ("steps", "taken", "shape"),
    [(1, slice(None), (B, 1, H)), (T, slice(-1, None), (B, 1, H)), (T, slice(None), (B, T, H))],
    ids=["one to one", "many to one", "many to many"],
)
def test_B1_types_of_rnn(steps, taken, shape):
    network = stack()
    outputs, *_ = network(torch.randn(B, steps, I), network.initial_state(B))
    assert outputs[:, taken].shape == shape


def test_B1_one_to_many_feeds_outputs_back():
    network = stack("elman", inputs=H)
    x, state = torch.randn(B, 1, H), network.initial_state(B)
    found = []
    for _ in range(T):
        x, state, _ = network(x, state)
        found.append(x)
    assert torch.cat(found, 1).shape == (B, T, H)
    assert not torch.equal(found[0], found[-1])


def test_B1_delayed_many_to_many_writes_when_all_is_read_and_another_number_of_steps():
    encoder, decoder = stack("gru"), stack("gru", inputs=H)
    source = torch.randn(B, T, I)

    def written(source, steps=2):
        _, state, _ = encoder(source, encoder.initial_state(B))
        x, found = torch.zeros(B, 1, H), []
        for _ in range(steps):
            x, state, _ = decoder(x, state)
            found.append(x)
        return torch.cat(found, 1)

    before = written(source)
    assert before.shape == (B, 2, H)
    source[0, -1] += 1  # the last that is read changes the first that is written
    after = written(source)
    assert (before[0] != after[0]).all()
    assert torch.equal(before[1:], after[1:])


@pytest.mark.parametrize("name", CELLS.names())
def test_B2_the_output_at_the_end_is_the_last_of_those_at_each_step(name):
    network = stack(name)
    outputs, state, _ = network(torch.randn(B, T, I), network.initial_state(B))
    assert torch.equal(outputs[:, -1], state[0].h)


def test_B3_unrolling_is_a_deep_network_with_tied_weights():
    network, x = stack("elman"), torch.randn(1, T, I)
    cell = network.layers[0]
    deep = [nn.Linear(I + H, H) for _ in range(T)]
    for layer in deep:
        layer.weight.data = torch.cat([cell.weight_ih, cell.weight_hh], 1).detach()
        layer.bias.data = (cell.bias_ih + cell.bias_hh).detach()
    h = torch.zeros(H)
    for t, layer in enumerate(deep):
        h = torch.tanh(layer(torch.cat([x[0, t], h])))
    outputs, *_ = network(x, network.initial_state(1))
    torch.testing.assert_close(outputs[0, -1], h, atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_B7_a_stack_equals_torch_with_a_carried_state(name):
    ours, theirs = stack(name, 3), THEIRS[name](I, H, num_layers=3, batch_first=True)
    for layer, cell in enumerate(ours.layers):
        cell.load_state_dict(
            {key.removesuffix(f"_l{layer}"): v for key, v in theirs.state_dict().items() if key.endswith(f"_l{layer}")}
        )
    x, state = torch.randn(B, T, I), ours.initial_state(B).map(torch.randn_like)
    parts = [torch.stack([tensors[part] for tensors in state]) for part in range(len(state[0]))]
    expected, after = theirs(x, tuple(parts) if len(parts) > 1 else parts[0])
    outputs, last, _ = ours(x, state)
    torch.testing.assert_close(outputs, expected, atol=1e-12, rtol=0)
    expected_h = after[0] if isinstance(after, tuple) else after
    torch.testing.assert_close(torch.stack([layer.h for layer in last]), expected_h, atol=1e-12, rtol=0)


def test_B18_the_initial_state_is_zero():
    assert all(torch.equal(t, torch.zeros(B, H)) for t in stack("lstm", 2).initial_state(B).tensors())


@pytest.mark.parametrize("name", CELLS.names())
def test_B18_a_carried_state_makes_two_halves_one_whole(name):
    network, x = stack(name, 2), torch.randn(B, T, I)
    whole, last, _ = network(x, network.initial_state(B))
    first, middle, _ = network(x[:, :2], network.initial_state(B))
    second, end, _ = network(x[:, 2:], middle)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-12, rtol=0)
    for left, right in zip(end.tensors(), last.tensors(), strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)
