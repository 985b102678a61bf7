"""One vector for a sequence, against loops over the real places of each."""

import pytest
import torch

from elman.layers.pooling import Pooling
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.moment import Noise
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")

I, H = 3, 4
LENGTHS = [3, 0, 5, 1]
MASK = torch.arange(5) < torch.tensor(LENGTHS)[:, None]
KINDS = ["last", "mean", "max", "attention"]


def case(kind, inputs=None, mask=MASK, **options):
    """Return a stack of layers, the pooling of its outputs, and these."""
    config = RecurrentConfig(hidden_size=H, **{"num_layers": 2, "dropout": 0.0, **options})
    stack = RecurrentStack(I, config)
    for parameter in stack.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    pooling = Pooling(kind, stack.output_size, config)
    for parameter in pooling.parameters():
        parameter.data = torch.randn_like(parameter)
    x = torch.randn(4, 5, I) if inputs is None else inputs
    return stack, pooling, x, stack(x, stack.initial_state(len(x)), mask)


def alone(stack, pooling, x):
    """Return the vector of one sequence and the weights of attention, from the formulas for one direction."""
    if not len(x):
        return torch.zeros(pooling.output_size), []
    hidden = stack(x[None], stack.initial_state(1)).hidden[0]
    if pooling.kind == "last":
        return hidden[-1], []
    if pooling.kind == "mean":
        return sum(hidden) / len(hidden), []
    if pooling.kind == "max":
        return torch.stack([max(column) for column in hidden.T]), []
    scores = [pooling.query @ torch.tanh(pooling.score.weight @ h + pooling.score.bias) for h in hidden]
    shares = [score.exp() / sum(score.exp() for score in scores) for score in scores]
    return sum(share * h for share, h in zip(shares, hidden, strict=True)), shares


BOTH = {"bidirectional": True}


@pytest.mark.parametrize(
    ("kind", "options"),
    [("last", {}), *[(kind, options) for kind in KINDS[1:] for options in ({}, BOTH, {**BOTH, "merge": "sum"})]],
    ids=str,
)
def test_each_sequence_is_pooled_as_if_it_were_alone(kind, options):
    stack, pooling, x, out = case(kind, **options)
    found, weights = pooling(out, MASK, None)
    assert found.shape == (4, pooling.output_size)
    for row, length in enumerate(LENGTHS):
        expected, shares = alone(stack, pooling, x[row, :length])
        torch.testing.assert_close(found[row], expected, atol=1e-12, rtol=0)
        if kind == "attention":
            assert weights[row].tolist() == pytest.approx([*[share.item() for share in shares], *[0.0] * (5 - length)])
    assert (weights is None) == (kind != "attention")
    whole = stack(x, stack.initial_state(4))
    expected = torch.stack([alone(stack, pooling, row)[0] for row in x])
    torch.testing.assert_close(pooling(whole, None, None)[0], expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_the_last_of_two_directions_are_those_that_have_read_everything(merge):
    stack, pooling, x, out = case("last", bidirectional=True, merge=merge)
    found, _ = pooling(out, MASK, None)
    for row, length in enumerate(LENGTHS):
        if not length:
            assert torch.equal(found[row], torch.zeros(pooling.output_size))
            continue
        one = stack(x[row, None, :length], stack.initial_state(1))
        forward, backward = (state.h[0] for state in one.state[-2:])
        if merge == "concat":
            hidden = one.hidden[0]
            torch.testing.assert_close(forward, hidden[-1, :H], atol=1e-12, rtol=0)
            torch.testing.assert_close(backward, hidden[0, H:], atol=1e-12, rtol=0)
        expected = torch.cat([forward, backward]) if merge == "concat" else forward + backward
        torch.testing.assert_close(found[row], expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_of_length_0_is_zeros_whatever_state_it_began_with(kind):
    stack, pooling, x, _ = case(kind, initial_state="learned")
    assert any((value != 0).any() for value in stack.initial)
    found, _ = pooling(stack(x, stack.initial_state(4), MASK), MASK, None)
    assert torch.equal(found[1], torch.zeros(pooling.output_size))
    assert (found[[0, 2, 3]] != 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_empty_sequences_is_zeros(kind):
    mask = torch.zeros(2, 0, dtype=torch.bool)
    _, pooling, _, out = case(kind, torch.randn(2, 0, I), mask)
    assert torch.equal(pooling(out, mask, None)[0], torch.zeros(2, pooling.output_size))


@pytest.mark.parametrize("kind", KINDS[1:])
def test_what_stands_in_padding_does_not_matter(kind):
    _, pooling, _, out = case(kind)
    found, _ = pooling(out, MASK, None)
    other = out._replace(hidden=out.hidden + 100.0 * torch.rand(4, 5, 1) * ~MASK[..., None])
    assert not torch.equal(other.hidden, out.hidden)
    torch.testing.assert_close(pooling(other, MASK, None)[0], found, atol=1e-12, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_equal_finite_differences_also_beside_an_empty_sequence(kind):
    mask = torch.arange(2) < torch.tensor([1, 0, 2])[:, None]
    stack, pooling, x, _ = case(kind, torch.randn(3, 2, I), mask, num_layers=1)

    def function(x, *_):
        return pooling(stack(x, stack.initial_state(3), mask), mask, None)[0]

    assert equal_finite_differences(function, (x.requires_grad_(), *pooling.parameters()))
    function(x).sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in [x, *stack.parameters(), *pooling.parameters()])
    assert (x.grad[~mask] == 0).all()


def test_only_last_states_are_dropped_since_outputs_are_already():
    for kind in KINDS:
        _, pooling, _, out = case(kind)
        pooling.config = pooling.config.model_copy(update={"dropout": 0.5})
        plain, found = pooling(out, MASK, None)[0], pooling(out, MASK, Noise(0, 0))[0]
        assert torch.equal(plain, found) == (kind != "last")
        if kind == "last":
            assert ((found == 0) | (found == 2 * plain)).all()


def test_weights_of_attention_start_within_their_bound():
    _, pooling, _, _ = case("attention")
    pooling.reset_parameters(torch.Generator().manual_seed(0))
    assert 0.25 < pooling.score.weight.abs().max() <= H**-0.5
    assert (pooling.score.bias == 0).all()
    pooling.reset_parameters(torch.Generator().manual_seed(0), 0.01)
    assert 0 < pooling.query.abs().max() <= 0.01
