"""The head of CTC: compiled and by its definition, padded and alone, and what it refuses."""

import itertools

import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.errors import ShapeError
from elman.heads.ctc import CtcHead

pytestmark = pytest.mark.usefixtures("float64")

H, V = 5, 7
LENGTHS, SIZES = torch.tensor([9, 0, 4]), torch.tensor([3, 0, 2])


def head_of(blank=0):
    head = CtcHead(H, Tokens([str(k) for k in range(V)], marks={"blank": blank}))
    head.bias.data = torch.randn(V)
    return head


def batch(blank=0):
    labels = torch.tensor([k for k in range(V) if k != blank])
    target = labels[torch.tensor([[0, 0, 4], [1, 1, 1], [5, 2, 3]])]
    return Padded(torch.randn(3, 9, H), LENGTHS), Padded(target, SIZES)


@pytest.mark.parametrize("blank", [0, 3, 6])
def test_torch_says_the_same_wherever_the_blank_is(mode, blank):
    head, (hidden, target) = head_of(blank), batch(blank)
    log_probs = head.log_probs(hidden).transpose(0, 1)
    given = (log_probs, target.values, LENGTHS, SIZES)
    expected = functional.ctc_loss(*given, blank=blank, reduction="sum")
    nats, count = head.loss(hidden, target)
    assert count == 5
    torch.testing.assert_close(nats, expected, atol=1e-11, rtol=0)
    found, wanted = (torch.autograd.grad(total, list(head.parameters())) for total in (nats, expected))
    for left, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-11, rtol=0)


def test_rows_are_the_same_alone_whatever_the_padding_holds(mode):
    head, (hidden, target) = head_of(), batch()
    hidden.values.requires_grad_()
    nats = head.loss(hidden, target).nats
    (gradient,) = torch.autograd.grad(nats, hidden.values)
    rows = [head.loss(hidden.part([row]), target.part([row])).nats for row in range(3)]
    torch.testing.assert_close(nats, sum(rows), atol=1e-12, rtol=0)
    assert not gradient[~hidden.mask].any()
    strange = torch.where(hidden.mask[..., None], hidden.values, torch.nan)
    assert head.loss(Padded(strange, LENGTHS), target).nats == nats


def test_what_does_not_fit_loses_infinitely_and_teaches_nothing(mode):
    head, (hidden, target) = head_of(), batch()
    short = Padded(hidden.values.requires_grad_(), torch.tensor([3, 0, 4]))  # two equal ones and one more need 4
    nats, count = head.loss(short, target)
    assert (nats.item(), count) == (torch.inf, 5)
    gradient = torch.autograd.grad(nats, hidden.values)[0]
    assert torch.isfinite(gradient).all()
    assert [bool(row.any()) for row in gradient] == [False, False, True]
    left_out = head.loss(short, target, weights=Padded(torch.tensor([[False], [True], [True]])))
    assert torch.isfinite(left_out.nats)
    assert left_out.targets == 2


def test_the_best_is_what_the_likeliest_path_gives():
    head, (hidden, _) = head_of(3), batch(3)
    found = head.best(hidden)
    for row, length in enumerate(LENGTHS.tolist()):
        path = head.log_probs(hidden)[row, :length].argmax(-1).tolist()
        labels = [one for one, _ in itertools.groupby(path) if one != 3]
        assert found.values[row].tolist() == labels + [3] * (9 - len(labels))
        assert found.lengths[row] == len(labels)


def test_a_frame_may_repeat_a_label_only_behind_a_blank():
    head = head_of()
    head.weight.data.zero_()
    rows = torch.tensor([1, 1, 0, 1, 2, 2, 0])
    head.weight.data[:H, :] = 20 * torch.eye(H)
    head.bias.data.zero_()
    found = head.best(Padded(torch.eye(H)[rows][None]))
    assert found.values[0, : found.lengths[0]].tolist() == [1, 1, 2]


def test_weights_of_single_labels_and_chains_of_them_are_refused():
    head, (hidden, target) = head_of(), batch()
    with pytest.raises(ShapeError, match=r"^ctc: got weights \(3, 3\), expected one a text, \(B, 1\)\.$"):
        head.loss(hidden, target, weights=Padded(torch.ones(3, 3)))
    with pytest.raises(
        ShapeError, match=r"^ctc: got labels to be chained, which have no places among the frames\. Ask"
    ):
        head.chained(hidden, target)
    with pytest.raises(ShapeError, match=r"^labels: got 0, which is the blank: no label may be it\.$"):
        head.loss(hidden, Padded(torch.zeros(3, 3, dtype=torch.int64), SIZES))
