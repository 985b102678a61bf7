"""The head of pieces: the golden marginal, enumeration of all pieces, gradients, padding."""

import json
from pathlib import Path

import pytest
import torch

from elman.data.outlines import Spans
from elman.data.records import Padded
from elman.decoding.spans import best_spans
from elman.errors import ConfigError
from elman.heads.span import SpanHead, marginal
from tests.gradients import equal_finite_differences

GOLDEN = json.loads((Path(__file__).parents[1] / "decoding" / "golden_spans.json").read_text())
B, T, H, Q = 3, 5, 4, 6

pytestmark = pytest.mark.usefixtures("float64")


def logits(name):
    return torch.tensor(GOLDEN[f"{name}_logits"])[None]


def head(ends="independent"):
    return SpanHead(H, Spans(3), SpanHead.Config(ends=ends), asked_size=Q)


def case():
    hidden = Padded(torch.randn(B, T, H), torch.tensor([5, 3, 4]))
    return hidden, Padded(torch.tensor([[[0, 1], [2, 4]], [[1, 2], [0, 0]], [[0, 3], [1, 1]]]), torch.tensor([2, 1, 2]))


def test_several_answers_are_one_sum_of_joint_probabilities():
    golds = Padded(torch.tensor(GOLDEN["golds"])[None])
    found = marginal(logits("start"), logits("end"), golds).item()
    assert found == pytest.approx(GOLDEN["marginal_loss"], abs=1e-11)
    assert abs(found - GOLDEN["factor_marginal_wrong"]) > 0.08, "the product of the two marginals counts mixed pieces"
    assert abs(found - GOLDEN["separate_mean_loss"]) > 1


@pytest.mark.parametrize("ends", ["independent", "given_start"])
def test_logits_are_those_of_loops(ends):
    made, (hidden, _), asked = head(ends), case(), torch.randn(B, Q)
    start, end = made.logits(hidden, {"asked": asked})
    for row, length in enumerate(hidden.lengths.tolist()):
        words = hidden.values[row, :length]
        a = torch.stack([word @ made.start_weight @ asked[row] for word in words])
        query = asked[row]
        if ends == "given_start":
            query = torch.cat([query, sum(p * word for p, word in zip(a.softmax(0), words, strict=True))])
        b = torch.stack([word @ made.end_weight @ query for word in words])
        torch.testing.assert_close(start[row, :length], a, atol=1e-12, rtol=0)
        torch.testing.assert_close(end[row, :length], b, atol=1e-12, rtol=0)
        assert (start[row, length:] == -torch.inf).all()
        with torch.no_grad():
            alone = made.logits(Padded(words[None]), {"asked": asked[row : row + 1]})
            many = made.logits(hidden, {"asked": asked})
        assert all(torch.equal(one[0], other[row, :length]) for one, other in zip(alone, many, strict=True))


def test_the_loss_is_summed_over_passages_and_padding_has_no_say():
    made, (hidden, target), given = head("given_start"), case(), {"asked": torch.randn(B, Q)}
    found = made.loss(hidden, target, given=given)
    assert found.targets == B
    other = hidden.values.clone()
    other[1, 3:], other[2, 4:] = 7.0, -7.0
    again = made.loss(Padded(other, hidden.lengths), target, given=given)
    torch.testing.assert_close(found.nats, again.nats, atol=1e-12, rtol=0)
    start, end = made.logits(hidden, given)
    p, q = start.softmax(-1), end.softmax(-1)
    expected = -sum(
        torch.log(sum(p[row, i] * q[row, j] for i, j in target.values[row, :count].tolist()))
        for row, count in enumerate(target.lengths.tolist())
    )
    torch.testing.assert_close(found.nats, expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("ends", ["independent", "given_start"])
def test_gradients_are_finite_differences(ends):
    made, (hidden, target) = head(ends), case()

    def loss(values, asked):
        return made.loss(Padded(values, hidden.lengths), target, given={"asked": asked}).nats

    inputs = hidden.values.requires_grad_(), torch.randn(B, Q, requires_grad=True)
    assert equal_finite_differences(loss, inputs)


def test_the_best_piece_is_that_of_the_search_and_not_longer_than_allowed():
    made, (hidden, _), given = head(), case(), {"asked": 3 * torch.randn(B, Q)}
    found = made.best(hidden, given).values
    start, end = (one.detach().numpy() for one in made.logits(hidden, given))
    for row, length in enumerate(hidden.lengths.tolist()):
        (one,) = best_spans(start[row, :length], end[row, :length], 3)
        assert found[row, 0].tolist() == [one.first, one.last]
        assert one.last - one.first < 3


def test_without_a_question_it_says_so():
    with pytest.raises(ConfigError, match="SpanHead: given has no asked: got nothing, expected asked"):
        head().logits(case()[0])
