"""Curriculum rows B4-B18: directions, skips, what stands after h, initial states. Float64, never from a zero state."""

import itertools

import pytest
import torch
from torch import nn

from elman.cells import CELLS
from elman.data.outlines import Tokens
from elman.errors import ConfigError
from elman.layers.connections import Connection
from elman.layers.readout import Readout
from elman.layers.recurrent import RecurrentConfig, RecurrentStack, StackState
from elman.layers.self_attention import SelfAttention
from elman.models.rnn_lm import RnnLM
from elman.moment import Noise
from elman.training.gradient_norms import GradientWatch
from tests.gradients import equal_finite_differences

B, T, I, H = 3, 5, 4, 6
LENGTHS = torch.tensor([5, 2, 4])
THEIRS = {"elman": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
pytestmark = pytest.mark.usefixtures("float64")


def stack(inputs=I, **options):
    return RecurrentStack(inputs, RecurrentConfig(**{"hidden_size": H, "dropout": 0.0, **options}))


def somewhere(network, batch_size=B):
    return network.initial_state(batch_size).map(torch.randn_like)


def mask_of(lengths, steps=T):
    return torch.arange(steps) < lengths[:, None]


def close(left, right):
    torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


@pytest.mark.parametrize("name", sorted(THEIRS))
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "ragged"])
def test_B4_B5_two_directions_equal_torch(name, lengths):
    ours = stack(cell=name, num_layers=2, bidirectional=True)
    theirs = THEIRS[name](I, H, num_layers=2, batch_first=True, bidirectional=True)
    for layer, end in itertools.product(range(2), ("", "_reverse")):
        cell = (ours.backward_layers if end else ours.layers)[layer]
        suffix = f"_l{layer}{end}"
        cell.load_state_dict({k.removesuffix(suffix): v for k, v in theirs.state_dict().items() if k.endswith(suffix)})
    x, state = torch.randn(B, T, I), somewhere(ours)
    parts = [torch.stack([tensors[part] for tensors in state]) for part in range(len(state[0]))]
    before = tuple(parts) if len(parts) > 1 else parts[0]
    if lengths is None:
        expected, after = theirs(x, before)
        found, last, _ = ours(x, state)
    else:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        expected, after = theirs(packed, before)
        expected, _ = nn.utils.rnn.pad_packed_sequence(expected, batch_first=True)
        found, last, _ = ours(x, state, mask_of(lengths))
    close(found, expected)
    close(torch.stack([part.h for part in last]), after[0] if isinstance(after, tuple) else after)


def test_B4_X5_summing_is_concatenating_with_one_matrix_for_both():
    summed = stack(bidirectional=True, merge="sum")
    joined = stack(bidirectional=True, merge="concat")
    joined.load_state_dict(summed.state_dict())
    x, state, v = torch.randn(B, T, I), somewhere(summed), torch.randn(3, H)
    (one, *_), (two, *_) = summed(x, state), joined(x, state)
    close(one @ v.t(), two @ torch.cat([v, v], 1).t())
    v_f, v_b = torch.randn(3, H), torch.randn(3, H)  # o = softmax(V_f h_f + V_b h_b)
    close(two[..., :H] @ v_f.t() + two[..., H:] @ v_b.t(), two @ torch.cat([v_f, v_b], 1).t())


def test_B5_the_last_token_reaches_the_first_place_backward_only():
    network = stack(bidirectional=True)
    x, state = torch.randn(B, T, I), somewhere(network)
    before, *_ = network(x, state)
    x[:, -1] += 1
    after, *_ = network(x, state)
    assert torch.equal(before[:, 0, :H], after[:, 0, :H])
    assert (before[:, 0, H:] != after[:, 0, H:]).all()


@pytest.mark.parametrize("key", ["bidirectional", "self_attention_heads"])
def test_B5_a_language_model_refuses_the_right_context(key):
    with pytest.raises(ValueError, match=rf"{key}: a language model sees left context only, and this would show it"):
        RnnLM.Config(**{key: 1})


def test_B6_the_last_state_of_both_directions_has_read_everything():
    network = stack(bidirectional=True)
    x, state = torch.randn(B, T, I), somewhere(network)
    outputs, (forward, backward), _ = network(x, state, mask_of(LENGTHS))
    for row, length in enumerate(LENGTHS):
        close(forward.h[row], outputs[row, length - 1, :H])
        close(backward.h[row], outputs[row, 0, H:])


def test_B8_readout_layers_have_no_memory_and_a_stacked_layer_has():
    deeper, stacked = Readout(H, 2), stack(H, cell="elman")
    hidden = torch.randn(1, T, H)
    moved = hidden.clone()
    moved[:, 0] += 1
    assert torch.equal(deeper(hidden)[:, 1:], deeper(moved)[:, 1:])
    assert not torch.equal(deeper(hidden)[:, :1], deeper(moved)[:, :1])
    state = somewhere(stacked, 1)
    assert (stacked(hidden, state).hidden[:, 1:] != stacked(moved, state).hidden[:, 1:]).all()
    w, b = deeper.layers[0].weight, deeper.layers[0].bias
    close(Readout.forward(deeper, hidden)[0, 0], torch.tanh(deeper.layers[1](torch.tanh(w @ hidden[0, 0] + b))))


def test_B8_the_language_model_has_them_as_an_option():
    options = {"hidden_size": H, "embedding_size": H}
    nine = Tokens([str(number) for number in range(9)])
    models = [
        RnnLM(RnnLM.Config(**options, readout_layers=n), {"tokens": nine}, {"next_token": nine}) for n in range(3)
    ]
    sizes = [model.num_weights() for model in models]
    assert [sizes[1] - sizes[0], sizes[2] - sizes[1]] == [H * H + H] * 2


def test_B10_a_residual_layer_adds_its_input():
    network = stack(H, cell="elman", connections="residual", num_layers=2)
    x, state = torch.randn(B, T, H), somewhere(network)
    first, second = (stack(H, cell="elman") for _ in range(2))
    first.layers[0].load_state_dict(network.layers[0].state_dict())
    second.layers[0].load_state_dict(network.layers[1].state_dict())
    middle = x + first(x, StackState(state[:1])).hidden
    close(network(x, state).hidden, middle + second(middle, StackState(state[1:])).hidden)


def test_B10_a_layer_that_gives_nothing_lets_its_input_through():
    x = torch.randn(7, H)
    assert torch.equal(Connection("residual", H, H)(x, torch.zeros(7, H)), x)


def test_B11_a_dense_layer_sees_all_before_it():
    network = stack(connections="dense", num_layers=3)
    assert [cell.input_size for cell in network.layers] == [I, I + H, I + 2 * H]
    outputs, *_ = network(x := torch.randn(B, T, I), somewhere(network))
    assert outputs.shape == (B, T, I + 3 * H)
    assert torch.equal(outputs[..., :I], x)


def test_B12_a_highway_is_a_gated_mixture():
    join = Connection("highway", H, H)
    x, made = torch.randn(7, H), torch.randn(7, H)
    t = torch.sigmoid(x @ join.gate.weight.t() + join.gate.bias)
    close(join(x, made), t * made + (1 - t) * x)
    join.reset_parameters(torch.Generator().manual_seed(0))
    assert torch.equal(join.gate.bias, torch.full((H,), -2.0))


@pytest.mark.parametrize("kind", ["residual", "highway"])
def test_B10_B12_other_widths_pass_through_a_matrix(kind):
    join = Connection(kind, I, H)
    x = torch.randn(7, I)
    t = torch.sigmoid(join.gate(x)) if kind == "highway" else 0.0
    close(join(x, torch.zeros(7, H)), (1 - t) * (x @ join.adapter.weight.t()))


def copy_task(network, steps, rate=0.003, delay=1, size=8):
    """Train a stack to say the token of `delay` steps ago; return the share that it gets right at the end."""
    torch.manual_seed(3)
    head = nn.Linear(network.output_size, size)
    optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=rate)
    right = 0.0
    for step in range(steps):
        ids = torch.randint(size, (16, 12))
        logits = head(network(nn.functional.one_hot(ids, size).float(), network.initial_state(16)).hidden)
        loss = nn.functional.cross_entropy(logits[:, delay:].flatten(0, 1), ids[:, :-delay].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step >= steps - 5:
            right += float((logits[:, delay:].argmax(-1) == ids[:, :-delay]).float().mean()) / 5
    return right


def deep(kind, depth=30):
    torch.set_default_dtype(torch.float32)
    return stack(8, cell="elman", num_layers=depth, hidden_size=16, connections=kind)


@pytest.mark.slow
def test_B10_B12_depth_30_trains_with_skips_and_fails_without():
    # Chance is 1/8. How little the plain one learns depends on how sums are rounded: 0.13 to 0.29 after 300 updates.
    assert copy_task(deep("plain"), 120) < 0.4
    assert copy_task(deep("residual"), 120) > 0.9
    assert copy_task(deep("highway"), 250, rate=0.01) > 0.9


@pytest.mark.slow
def test_B9_B11_eight_layers_plain_residual_dense():
    shares = {kind: copy_task(deep(kind, 8), 60) for kind in ("plain", "residual", "dense")}
    assert shares["residual"] > 0.9
    assert shares["dense"] > 0.9
    assert shares["plain"] < min(shares["residual"], shares["dense"])


def test_B13_stacked_bidirectional_lstm_with_residual_connections_and_self_attention_trains():
    line = "cell='lstm', num_layers=2, bidirectional=True, connections='residual', self_attention_heads=2"
    torch.set_default_dtype(torch.float32)
    network = eval(f"stack(8, hidden_size=16, {line})")
    # Each place has to say the token that stands last: only attention or the way back can know.
    torch.manual_seed(1)
    head = nn.Linear(network.output_size, 8)
    optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], lr=0.01)
    for _ in range(60):
        ids = torch.randint(8, (16, 10))
        logits = head(network(nn.functional.one_hot(ids, 8).float(), network.initial_state(16)).hidden)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, -1:].expand(16, 10).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1


def test_B13_D46_self_attention_is_the_formula_and_padding_is_seen_by_nobody():
    attention = SelfAttention(H, 2)
    hidden, mask = torch.randn(B, T, H), mask_of(LENGTHS)
    found = attention(hidden * mask[..., None], mask)
    w_q, w_k, w_v = attention.qkv.weight.chunk(3)
    for row, length in enumerate(LENGTHS):
        h = hidden[row, :length]
        read = []
        for half in (slice(0, H // 2), slice(H // 2, H)):
            q, k, v = h @ w_q[half].t(), h @ w_k[half].t(), h @ w_v[half].t()
            read.append((q @ k.t() / (H // 2) ** 0.5).softmax(-1) @ v)
        close(found[row, :length], h + torch.cat(read, 1) @ attention.out.weight.t())
        assert torch.equal(found[row, length:], torch.zeros(T - length, H))


def test_B13_an_empty_row_is_legal_and_heads_divide_the_width():
    attention = SelfAttention(H, 3)
    found = attention(torch.zeros(2, T, H), mask_of(torch.tensor([0, 3])))
    assert found.isfinite().all()
    with pytest.raises(ConfigError, match=r"self_attention_heads: got 4, expected a divisor of 6, the width of the"):
        SelfAttention(H, 4)


def gradient_norms(kind, depth=20):
    torch.manual_seed(5)
    network = stack(H, cell="elman", num_layers=depth, connections=kind)
    watch = GradientWatch(network)
    with watch.watching():
        outputs, *_ = network(torch.randn(B, T, H), somewhere(network))
    outputs.square().sum().backward()
    found = watch.norms()["weights"]
    return [found[f"layers.{layer}"] for layer in range(depth)]


def test_B14_at_the_start_lower_layers_learn_slowly_without_skips():
    plain, residual = gradient_norms("plain"), gradient_norms("residual")
    assert plain[0] < 1e-3 * plain[-1]
    assert residual[0] > 0.05 * residual[-1]


@pytest.mark.parametrize("name", CELLS.names())
def test_B14_the_norms_are_those_of_the_gradients(name):
    network = stack(cell=name, num_layers=2)
    watch, x, state = GradientWatch(network), torch.randn(B, T, I), somewhere(network)
    with watch.watching():
        outputs, *_ = network(x, state)
    plain, *_ = network(x, state)
    close(outputs, plain)
    outputs[:, -1].sum().backward()
    norms = watch.norms()
    assert list(norms["states"]) == [".layers.0", ".layers.1"]
    for layer in range(2):
        expected = torch.cat([p.grad.flatten() for p in network.layers[layer].parameters()]).norm()
        assert norms["weights"][f"layers.{layer}"] == pytest.approx(float(expected), abs=1e-10)
        assert len(norms["states"][f".layers.{layer}"]) == T
        assert all(norm > 0 for norm in norms["states"][f".layers.{layer}"])


def test_B14_the_gradient_at_a_step_is_what_later_losses_say_of_it():
    network = stack(cell="elman")
    watch, x, state = GradientWatch(network), torch.randn(1, T, I), somewhere(network, 1)
    with watch.watching():
        outputs, *_ = network(x, state)
    outputs[:, -1].sum().backward()
    (norms,) = watch.norms()["states"].values()
    cell, jacobian = network.layers[0], torch.eye(H)
    for t in reversed(range(T)):
        assert norms[t] == pytest.approx(float(jacobian.sum(0).norm().detach()), abs=1e-10)
        jacobian = jacobian @ (torch.diag(1 - outputs[0, t] ** 2) @ cell.weight_hh).detach()


def test_B14_a_layer_that_reads_backward_is_shown_in_the_order_of_time():
    network = stack(cell="elman", bidirectional=True)
    watch, x = GradientWatch(network), torch.randn(1, T, I)
    with watch.watching():
        outputs, *_ = network(x, somewhere(network, 1))
    outputs[0, 1].sum().backward()
    norms = watch.norms()["states"]
    assert [norm > 0 for norm in norms[".layers.0"]] == [True, True, False, False, False]
    assert [norm > 0 for norm in norms[".backward_layers.0"]] == [False, True, True, True, True]


def test_B16_an_encoder_state_starts_a_decoder():
    encoder, decoder = stack(cell="gru"), stack(cell="gru")
    source, target = torch.randn(B, T, I), torch.randn(B, 2, I)
    _, context, _ = encoder(source, encoder.initial_state(B))
    told, *_ = decoder(target, context)
    source[0] += 1
    _, other, _ = encoder(source, encoder.initial_state(B))
    after, *_ = decoder(target, other)
    assert (told[0] != after[0]).all()
    close(told[1:], after[1:])


@pytest.mark.parametrize("name", CELLS.names())
def test_B18_a_learned_initial_state_is_shared_by_rows_and_learns(name):
    network = stack(cell=name, num_layers=2, initial_state="learned", bidirectional=True)
    state = network.initial_state(B)
    assert all((tensor == 0).all() for tensor in state.tensors())
    network(torch.randn(B, T, I), state).hidden.sum().backward()
    grads = [parameter.grad for parameter in network.initial]
    assert len(grads) == len(list(state.tensors()))
    assert all((grad != 0).any() for grad in grads)
    with torch.no_grad():
        for parameter in network.initial:
            parameter += torch.randn_like(parameter)
    moved = network.initial_state(B)
    assert all(torch.equal(tensor[0], tensor[2]) and (tensor != 0).any() for tensor in moved.tensors())


@pytest.mark.parametrize("noise", [{}, {"variational": True, "input_dropout": 0.2}, {"zoneout": 0.1}], ids=str)
@pytest.mark.parametrize("name", CELLS.names())
def test_a_batch_of_empty_rows_is_legal_in_every_stack(name, noise):
    network = stack(cell=name, num_layers=2, bidirectional=True, regularization=noise)
    state, nothing = somewhere(network), torch.zeros(B, T, dtype=torch.bool)
    for step in (None, Noise(1, 0)):
        out = network(torch.randn(B, T, I), state, nothing, step)
        assert torch.equal(out.hidden, torch.zeros(B, T, network.output_size))
        assert all(map(torch.equal, out.state.tensors(), state.tensors()))


@pytest.mark.parametrize("kind", ["plain", "residual", "dense", "highway"])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"bidirectional": True, "merge": "sum"}], ids=str)
def test_gradients_of_every_kind_of_stack_equal_finite_differences(kind, options):
    network = stack(num_layers=2, connections=kind, hidden_size=3, **options)
    x = torch.randn(2, 3, I, requires_grad=True)
    state = somewhere(network, 2)

    def function(x):
        noise = Noise(1, 0)
        return network(x, state, mask_of(torch.tensor([3, 2]), 3), noise).hidden

    assert equal_finite_differences(function, (x,))
