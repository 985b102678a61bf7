"""A conditional random field for which only some classes may follow each other."""

import numpy as np
import pytest
import torch

from elman.errors import ShapeError
from elman.heads.crf import CrfHead
from tests.asking import best, classes, log_probs, loss
from tests.heads.every_path import ENDS, PAIRS, STARTS, H, K, bind, case, enumerated, legal, make


@pytest.fixture(autouse=True)
def _float64(float64):
    """Draw numbers in float64, the same in every test."""


def test_what_is_not_legal_never_happens(mode):
    head, (hidden, _, mask) = make(constrained=True), case([4, 3, 2, 4])
    head.transitions.data[~torch.from_numpy(PAIRS)] = 50.0  # trained scores do not bring it back
    for tags, length in zip(best(head, hidden, mask).tolist(), mask.sum(1).tolist(), strict=True):
        assert legal(head, tuple(tags[:length]))
    probabilities = log_probs(head, hidden, mask).exp()
    assert (probabilities[:, 0, 1] == 0).all()
    assert (probabilities[range(4), mask.sum(1) - 1, 0] == 0).all()
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(mask.shape), atol=1e-12, rtol=0)
    hidden = hidden.clone()
    nats, _ = loss(head, hidden, torch.full(mask.shape, 2), mask)
    nats.backward()
    assert (head.transitions.grad[~torch.from_numpy(PAIRS)] == 0).all()
    assert head.starts.grad[1] == head.ends.grad[0] == 0


def test_a_gold_path_that_is_not_legal_costs_something_finite(mode):
    head, (hidden, _, mask) = make(constrained=True), case([4, 3])
    gold = torch.tensor([[1, 0, 2, 0], [0, 2, 1, 0]])
    expected = enumerated(head, hidden, gold, mask)[0]
    nats, _ = loss(head, hidden, gold, mask)
    torch.testing.assert_close(nats, expected, atol=1e-10, rtol=0)
    nats.backward()
    for parameter in head.parameters():
        assert torch.isfinite(parameter.grad).all()
    head.transitions.data[0, 2] = 100.0
    assert loss(head, hidden, gold, mask).nats < 0


def test_a_sentence_without_a_legal_path_is_read_without_constraints(mode):
    free = make()
    never = np.zeros((K, K), bool)
    never[0, 1] = True
    bound = bind(free, np.array([True, False, False]), never, np.array([False, True, False]))  # 0 1 alone
    hidden, target, mask = case([1, 2, 3, 0, 2, 9])
    tags, expected = best(bound, hidden, mask), best(free, hidden, mask)
    stuck = [0, 2, 3, 5]
    assert torch.equal(tags[stuck], expected[stuck])
    assert tags[[1, 4], :2].tolist() == [[0, 1], [0, 1]]
    with torch.no_grad():
        torch.testing.assert_close(log_probs(bound, hidden, mask)[stuck], log_probs(free, hidden, mask)[stuck])
    gold = loss(free, hidden[stuck], target[stuck], mask[stuck]).nats
    some = loss(bound, hidden[[1, 4]], target[[1, 4]], mask[[1, 4]]).nats
    torch.testing.assert_close(loss(bound, hidden, target, mask).nats, gold + some, atol=1e-10, rtol=0)


def test_constraints_decide_what_is_best():
    head, (hidden, _, mask) = make(constrained=True), case([1])
    assert best(head, hidden, mask).item() == 2  # may begin and end
    assert best(bind(head, ENDS, PAIRS, ~STARTS), hidden, mask).item() == 1


def test_constraints_are_no_weights():
    head = make(constrained=True)
    assert set(head.state_dict()) == {"weight", "bias", "transitions", "starts", "ends"}
    assert {name for name, _ in head.named_parameters()} == set(head.state_dict())


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((STARTS[:2], PAIRS, ENDS), r"starts: got bool \(2,\), expected bool \(3,\)"),
        ((STARTS, PAIRS[:2], ENDS), r"pairs: got bool \(2, 3\), expected bool \(3, 3\)"),
        ((STARTS, PAIRS, ENDS.astype(float)), r"ends: got float64 \(3,\), expected bool \(3,\)"),
    ],
    ids=["starts", "pairs", "ends"],
)
def test_constraints_of_another_shape_or_type_are_refused(arrays, message):
    with pytest.raises(ShapeError, match=message):
        CrfHead(H, classes(K, *arrays))
