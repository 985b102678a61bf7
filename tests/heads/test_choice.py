"""The head of choices: loops, gradients, weights, and that answers may stand in any order."""

import pytest
import torch

from elman.data.outlines import Classes
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads.choice import ChoiceHead
from tests.gradients import equal_finite_differences

B, K, Q, C = 3, 4, 5, 6

pytestmark = pytest.mark.usefixtures("float64")


def head():
    return ChoiceHead(Q, Classes("ABCD"), choice_size=C)


def case():
    return Padded(torch.randn(B, 1, Q)), torch.randn(B, K, C), Padded(torch.tensor([[1], [3], [0]]))


def test_probabilities_are_those_of_loops():
    made, (hidden, choices, target) = head(), case()
    found = made.log_probs(hidden, {"choices": choices})
    assert found.shape == (B, 1, K)
    nats = 0.0
    for row in range(B):
        query = made.asked_weight @ hidden.values[row, 0]
        scores = torch.stack([made.weight @ one + one @ query for one in choices[row]])
        torch.testing.assert_close(found[row, 0], scores.log_softmax(0), atol=1e-12, rtol=0)
        nats -= scores.log_softmax(0)[target.values[row, 0]]
    loss = made.loss(hidden, target, given={"choices": choices})
    torch.testing.assert_close(loss.nats, nats, atol=1e-12, rtol=0)
    assert loss.targets == B
    assert torch.equal(made.best(hidden, {"choices": choices}).values[:, 0], found[:, 0].argmax(-1))


def test_answers_in_another_order_have_the_same_probabilities():
    made, (hidden, choices, _) = head(), case()
    order = torch.tensor([2, 0, 3, 1])
    one, other = (made.log_probs(hidden, {"choices": some})[:, 0] for some in (choices, choices[:, order]))
    torch.testing.assert_close(one[:, order], other, atol=1e-12, rtol=0)


def test_a_question_of_weight_0_has_no_say():
    made, (hidden, choices, target) = head(), case()
    weights = Padded(torch.tensor([[2.0], [0.0], [1.0]]))
    found = made.loss(hidden, target, weights=weights, given={"choices": choices})
    log_probs = made.log_probs(hidden, {"choices": choices})[:, 0]
    torch.testing.assert_close(found.nats, -2 * log_probs[0, 1] - log_probs[2, 0], atol=1e-12, rtol=0)
    assert found.targets == 2


def test_gradients_are_finite_differences():
    made, (hidden, choices, target) = head(), case()

    def loss(asked, given, weight, asked_weight):
        made.weight.data, made.asked_weight.data = weight.data, asked_weight.data
        parts = {"weight": weight, "asked_weight": asked_weight}
        call = (Padded(asked), target, None, None, {"choices": given})
        return torch.func.functional_call(_Loss(made), {f"head.{name}": one for name, one in parts.items()}, call)

    inputs = [hidden.values, choices, made.weight.detach().clone(), made.asked_weight.detach().clone()]
    assert equal_finite_differences(loss, [one.requires_grad_() for one in inputs])


class _Loss(torch.nn.Module):
    def __init__(self, head):
        super().__init__()
        self.head = head

    def forward(self, *call):
        return self.head.loss(*call).nats


def test_it_says_what_it_needs():
    hidden, _, target = case()
    with pytest.raises(ConfigError, match="ChoiceHead: given has no choices: got nothing, expected choices"):
        head().loss(hidden, target)
