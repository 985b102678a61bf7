"""The softmax that copies: the goldens, sums, gradients, and what is numerically hard."""

import itertools
import math

import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.heads.pointer import PointerHead
from elman.heads.softmax import SoftmaxHead
from elman.layers.copying import Copied
from tests.gradients import equal_finite_differences

V, H, K = 5, 3, 2
WORDS = Tokens(["<unk>", "</s>", "the", "cat", "sat"])


@pytest.fixture
def head(float64):
    made = PointerHead(H, WORDS, beside=K)
    for parameter in made.parameters():
        parameter.data = torch.randn_like(parameter)
    return made


def copied(rows=3, places=4, steps=2):
    """Return sources in which a word occurs twice, one of which is shorter, and where they are looked at."""
    ids = torch.tensor([[2, 5, 3, 5], [6, 5, -1, -1], [1, 1, 1, 4]])[:rows, :places]
    weights = torch.rand(rows, steps, places).masked_fill(ids[:, None] < 0, 0.0)
    return Copied(weights / weights.sum(-1, keepdim=True), ids, torch.randn(rows, steps, K))


def at(given, step):
    """Return what one place of each target may be copied from."""
    return {"copied": Copied(given.weights[:, step], given.ids, given.beside[:, step])}


def test_the_golden(float64):
    # G4 of the goldens of encoder-decoders: "the zyx cat zyx", of which zyx is unknown.
    head = PointerHead(V, WORDS)
    head.weight.data, head.gate_weight.data = torch.eye(V), torch.zeros(V)
    head.gate_bias.data = torch.tensor(math.log(0.6 / 0.4))
    hidden = torch.tensor([[0.05, 0.1, 0.4, 0.3, 0.15]]).log()
    weights, ids = torch.tensor([[0.1, 0.35, 0.25, 0.3]]), torch.tensor([[2, 5, 3, 5]])
    found = head.next(hidden, {"copied": Copied(weights, ids, hidden[:, :0])}).exp()[0].tolist()
    assert found == pytest.approx([0.03, 0.06, 0.28, 0.28, 0.09, 0.26], abs=1e-12)
    every = {"copied": Copied(weights[:, None], ids, hidden[:, None, :0])}
    assert head.nll(hidden[:, None], torch.tensor([[5]]), every).item() == pytest.approx(1.3470736480, abs=1e-9)


def test_probabilities_sum_to_one_and_are_the_mixture_place_by_place(head):
    hidden, given = torch.randn(3, 2, H), copied()
    for step in range(2):
        found = head.next(hidden[:, step], at(given, step)).exp()
        assert found.shape == (3, 7)
        torch.testing.assert_close(found.sum(1), torch.ones(3), atol=1e-12, rtol=0)
        softmax = torch.softmax(head.logits(hidden[:, step]), -1)
        for row in range(3):
            g = torch.sigmoid(
                torch.cat([hidden[row, step], given.beside[row, step]]) @ head.gate_weight + head.gate_bias
            )
            expected = torch.cat([g * softmax[row], torch.zeros(2)])
            for place, number in enumerate(given.ids[row].tolist()):
                if number >= 0:
                    expected[number] += (1 - g) * given.weights[row, step, place]
            torch.testing.assert_close(found[row], expected, atol=1e-12, rtol=0)


def test_all_places_at_once_are_those_one_by_one(head):
    hidden, given = torch.randn(3, 2, H), copied()
    each = torch.stack([head.next(hidden[:, step], at(given, step)) for step in range(2)], 1)
    torch.testing.assert_close(head.next(hidden, {"copied": given}), each, atol=1e-12, rtol=0)
    assert torch.equal(head.best(Padded(hidden), {"copied": given}).values, each.argmax(-1))


def test_reading_a_target_is_what_was_predicted(head):
    hidden, given = torch.randn(3, 2, H), copied()
    each = torch.stack([head.next(hidden[:, step], at(given, step)) for step in range(2)], 1)
    for pair in itertools.product(range(7), repeat=2):
        target = torch.tensor([pair] * 3)
        expected = -each.gather(2, target[..., None])[..., 0]
        torch.testing.assert_close(head.nll(hidden, target, {"copied": given}), expected, atol=1e-12, rtol=0)


def test_the_loss_is_that_of_the_targets_that_count(head):
    hidden, given = torch.randn(3, 2, H), copied()
    target, lengths = torch.tensor([[5, 2], [6, 0], [4, 1]]), torch.tensor([2, 1, 2])
    weights = Padded(torch.tensor([[0.5, 2.0], [1.0, 1.0], [0.0, 3.0]]))
    nats = head.nll(hidden, target, {"copied": given})
    found = head.loss(Padded(hidden), Padded(target, lengths), None, None, {"copied": given})
    assert found.targets == 5
    torch.testing.assert_close(found.nats, nats.sum() - nats[1, 1], atol=1e-12, rtol=0)
    found = head.loss(Padded(hidden), Padded(target, lengths), None, weights, {"copied": given})
    assert found.targets == 4
    expected = (nats * weights.values)[[0, 0, 1, 2], [0, 1, 0, 1]].sum()
    torch.testing.assert_close(found.nats, expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_gradients_equal_finite_differences(float64, smoothing):
    head = PointerHead(H, WORDS, PointerHead.Config(label_smoothing=smoothing), K)
    names, parameters = zip(*head.named_parameters(), strict=True)
    given, target = copied(), Padded(torch.tensor([[5, 2], [6, 0], [0, 1]]), torch.tensor([2, 1, 2]))

    def nats(hidden, weights, beside, *values):
        given_now = {"copied": Copied(weights, given.ids, beside)}
        head.forward = lambda: head.loss(Padded(hidden), target, None, None, given_now).nats * 0.7
        return torch.func.functional_call(head, dict(zip(names, values, strict=True)), ())

    inputs = torch.randn(3, 2, H), given.weights, given.beside, *(torch.randn_like(one) for one in parameters)
    assert equal_finite_differences(nats, [one.detach().requires_grad_() for one in inputs])


def test_smoothing_spreads_over_what_the_softmax_writes(head):
    smooth = PointerHead(H, WORDS, PointerHead.Config(label_smoothing=0.1), K)
    smooth.load_state_dict(head.state_dict())
    hidden, given, target = torch.randn(3, 2, H), {"copied": copied()}, torch.tensor([[5, 2], [6, 5], [4, 1]])
    spread = -torch.log_softmax(head.logits(hidden), -1).mean(-1)
    expected = 0.9 * head.nll(hidden, target, given) + 0.1 * spread
    torch.testing.assert_close(smooth.loss(Padded(hidden), Padded(target), None, None, given).nats, expected.sum())
    torch.testing.assert_close(smooth.nll(hidden, target, given), head.nll(hidden, target, given), atol=0, rtol=0)


def test_a_target_that_cannot_be_copied_is_no_infinity_and_nothing_is_added(head):
    head.gate_bias.data = torch.tensor(-400.0)  # all is copied
    hidden, given = torch.randn(1, 1, H), copied(1, steps=1)
    unknown = head.nll(hidden, torch.tensor([[0]]), {"copied": given}).item()
    gate = torch.cat([hidden, given.beside], -1) @ head.gate_weight + head.gate_bias
    expected = -torch.nn.functional.logsigmoid(gate) - torch.log_softmax(head.logits(hidden), -1)[..., 0]
    assert unknown == pytest.approx(expected.item(), abs=1e-9)
    assert unknown > 300


def test_where_a_weight_is_lost_in_float32_loss_and_gradients_are_numbers():
    head = PointerHead(H, WORDS, beside=K)
    weights = torch.tensor([[[1.0, 0.0, 0.0, 0.0]]], requires_grad=True)
    given = Copied(weights, torch.tensor([[2, 5, 3, 5]]), torch.randn(1, 1, K))
    hidden = torch.randn(1, 1, H).requires_grad_()
    found = head.loss(Padded(hidden), Padded(torch.tensor([[5]])), None, None, {"copied": given}).nats
    assert 80 < found.item() < 120
    found.backward()
    assert all(one.grad.isfinite().all() for one in (weights, hidden, *head.parameters()))


def test_where_nothing_is_looked_at_it_is_the_softmax_behind_a_gate(head):
    plain, hidden, target = SoftmaxHead(H, WORDS), torch.randn(3, 2, H), torch.randint(V, (3, 2))
    plain.weight.data, plain.bias.data = head.weight.data, head.bias.data
    given = copied()
    given = given._replace(weights=torch.zeros_like(given.weights))
    inside = torch.nn.functional.logsigmoid(torch.cat([hidden, given.beside], -1) @ head.gate_weight + head.gate_bias)
    given = {"copied": given}
    expected = plain.next(hidden) + inside[..., None]
    torch.testing.assert_close(head.next(hidden, given)[..., :V], expected, atol=1e-12, rtol=0)
    assert torch.equal(head.best(Padded(hidden), given).values, plain.best(Padded(hidden)).values)
    expected = (plain.nll(hidden, target) - inside)[given["copied"].ids[:, 0] == 6]
    found = head.nll(hidden, target, given)[given["copied"].ids[:, 0] == 6]  # no word of that source is in the target
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    assert head.linear is None  # compiled code that makes logits alone would copy nothing
