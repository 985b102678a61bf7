"""Every head through one contract; those that give one class to each place through a further one."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from elman.config import Settings
from elman.data.outlines import Ahead, Numbers, Points, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError, TrainingError
from elman.heads import HEADS
from elman.heads.base import ClassHead, RealHead, SampledHead, TokenHead
from elman.heads.class_softmax import ClassSoftmaxHead
from elman.models.rnn_lm import RnnLM
from tests.asking import best, classes, log_probs, loss
from tests.gradients import equal_finite_differences

B, T, H, V = 3, 4, 5, 30
FEW = 3  # classes where every path of T tokens is looked at
CUT = {"cutoffs": [4, 11], "division": 2.0}


pytestmark = pytest.mark.usefixtures("float64")

ALONE = [
    name for name in HEADS.names() if not HEADS.get(name).reads
]  # others, which read a source too, have their file
TOKEN_HEADS = [name for name in ALONE if issubclass(HEADS.get(name), TokenHead)]
COUNTED = [name for name in HEADS.names() if issubclass(HEADS.get(name), SampledHead | ClassSoftmaxHead)]
SAMPLES = {name: {"samples": 3} for name in COUNTED if issubclass(HEADS.get(name), SampledHead)}
TOKEN_CASES = [
    *[(name, SAMPLES.get(name, {}), tied) for name in TOKEN_HEADS for tied in (False, True)],
    ("adaptive_softmax", CUT, False),
]
OTHER_CASES = [(name, {}, False) for name in ALONE if name not in TOKEN_HEADS]
every_head = pytest.mark.parametrize("head", [*TOKEN_CASES, *OTHER_CASES], ids=str, indirect=True)
every_token_head = pytest.mark.parametrize("head", TOKEN_CASES, ids=str, indirect=True)


def outline(name, count=V):
    """Return what a head of this name answers."""
    if issubclass(HEADS.get(name), RealHead):
        return Ahead(count // 3, np.array([2.0, 0.5, 1.0]))
    if name == "mixture_density":
        return Points()
    if name in COUNTED:
        return Tokens([str(number) for number in range(count)], np.arange(3 * count, 0, -3))
    return Numbers(0.0, 1.0, count) if name == "graded" else classes(count)


@pytest.fixture
def head(request):
    name, options, tied = request.param
    kind = HEADS.get(name)
    head = kind(H, outline(name), kind.Config(**options))
    if tied:
        head.tie(nn.Parameter(torch.randn(V, H)))
    for parameter in head.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return head


def case(head):
    """Return hidden states, targets and a mask as a head takes them."""
    hidden, target, mask = torch.randn(B, T, H), torch.randint(V, (B, T)), torch.rand(B, T) < 0.6
    if isinstance(head, TokenHead):
        return hidden, target, mask
    mask = torch.arange(T) < torch.tensor([[3], [0], [4]])
    if type(head) is HEADS.get("ctc"):  # as many labels as frames: no two alike, and none the blank
        return hidden, torch.stack([1 + torch.randperm(V - 1)[:T] for _ in range(B)]), mask
    if isinstance(head, RealHead):
        return hidden, torch.where(torch.rand(B, T, V) < 0.2, torch.nan, torch.randn(B, T, V)), mask
    if type(head) is HEADS.get("mixture_density"):
        return hidden, torch.cat([torch.randn(B, T, 2), (torch.rand(B, T, 1) < 0.3).double()], -1), mask
    if type(head) is HEADS.get("graded"):
        return hidden, torch.rand(B, T) * (V - 1), mask
    return hidden, torch.rand(B, T, V) < 0.3 if type(head) is HEADS.get("sigmoid") else target, mask


@every_token_head
def test_probabilities_sum_to_one(head):
    hidden, _, _ = case(head)
    torch.testing.assert_close(log_probs(head, hidden).exp().sum(-1), torch.ones(B, T), atol=1e-12, rtol=0)


@every_token_head
def test_the_loss_is_the_sum_of_real_targets(head):
    hidden, target, mask = case(head)
    expected = -log_probs(head, hidden).gather(-1, target[..., None])[..., 0]
    nats, count = loss(head, hidden, target, mask)
    assert count == int(mask.sum())
    torch.testing.assert_close(nats, expected[mask].sum(), atol=1e-12, rtol=0)
    torch.testing.assert_close(head.nll(hidden, target), expected, atol=1e-12, rtol=0)


@every_token_head
def test_the_best_answer_is_the_likeliest(head):
    hidden, _, _ = case(head)
    assert torch.equal(best(head, hidden), log_probs(head, hidden).argmax(-1))


@every_token_head
def test_a_token_head_takes_rows_of_any_shape_and_padding_changes_nothing(head):
    hidden, _, _ = case(head)
    mask = torch.arange(T) < torch.tensor([[3], [0], [4]])
    for answer in (log_probs, best):
        assert torch.equal(answer(head, hidden), answer(head, hidden, mask))
    torch.testing.assert_close(head.next(hidden[:, 0]), head.next(hidden)[:, 0], atol=1e-12, rtol=0)
    assert torch.equal(head.next(hidden), log_probs(head, hidden))


@pytest.mark.parametrize("name", [n for n in HEADS.names() if n not in ALONE and issubclass(HEADS.get(n), ClassHead)])
def test_a_head_that_reads_more_says_so_where_it_is_not_given(name):
    head = HEADS.get(name)(H, outline(name))
    hidden, target, (what,) = torch.randn(B, T, H), torch.randint(V, (B, T)), head.reads
    message = rf"{type(head).__name__}: given has no {what}: got other, expected {what}\. It is for a network that"
    of_tokens = [lambda given: head.nll(hidden, target, given), lambda given: head.next(hidden, given)]
    for asked in (
        *of_tokens * isinstance(head, TokenHead),
        lambda given: head.loss(Padded(hidden), Padded(target), given=given),
        lambda given: head.log_probs(Padded(hidden), given),
        lambda given: head.best(Padded(hidden), given),
    ):
        with pytest.raises(ConfigError, match=message):
            asked({"other": 1})
    with pytest.raises(ConfigError, match=rf"given has no {what}: got nothing"):
        head.answers(Padded(hidden))


def test_the_best_path_is_the_likeliest_and_the_loss_is_its_share():
    head = HEADS.get("crf")(H, classes(FEW))
    hidden = torch.randn(B, T, H)
    for parameter in head.parameters():
        parameter.data = torch.randn_like(parameter)
    every = torch.tensor(list(itertools.product(range(FEW), repeat=T)))
    for row, path_found in zip(hidden, best(head, hidden), strict=True):
        nats = torch.stack([loss(head, row[None], path[None]).nats for path in every])
        torch.testing.assert_close((-nats).exp().sum(), torch.ones(()), atol=1e-12, rtol=0)
        assert torch.equal(every[nats.argmin()], path_found)


@every_head
def test_gradients_equal_finite_differences(head):
    hidden, target, mask = case(head)
    hidden.requires_grad_()
    names, values = zip(*head.named_parameters(), strict=True)

    def function(hidden, *parameters):
        return torch.func.functional_call(head, dict(zip(names, parameters, strict=True)), (hidden, target, mask))

    head.forward = lambda hidden, target, mask: loss(head, hidden, target, mask).nats * 0.7
    assert equal_finite_differences(function, (hidden, *values))


@every_head
def test_the_loss_counts_real_places_and_adds_up(head):
    hidden, target, mask = case(head)
    whole = loss(head, hidden, target, mask)
    parts = [loss(head, hidden[row, None], target[row, None], mask[row, None]) for row in range(B)]
    assert whole.targets == int(mask.sum()) == sum(part.targets for part in parts)
    torch.testing.assert_close(whole.nats, torch.stack([part.nats for part in parts]).sum(), atol=1e-11, rtol=0)


@every_head
def test_an_empty_mask_gives_no_loss(head):
    hidden, target, _ = case(head)
    nats, count = loss(head, hidden, target, torch.zeros(B, T, dtype=torch.bool))
    assert (nats.item(), count) == (0.0, 0)


@every_token_head
def test_a_tied_table_is_the_weight_and_keeps_its_numbers(head):
    table = nn.Parameter(torch.randn(V, H))
    head.tie(table)
    assert any(parameter is table for parameter in head.parameters())
    before = table.detach().clone()
    head.reset_parameters(torch.Generator().manual_seed(1))
    assert torch.equal(table, before)
    hidden, _, _ = case(head)
    loss(head, hidden[:1].expand(V, T, H), torch.arange(V)[:, None].expand(V, T)).nats.backward()
    assert (table.grad != 0).any(1).all()


@every_head
def test_a_bound_holds_for_every_weight_and_biases_are_zero(head):
    head.reset_parameters(torch.Generator().manual_seed(1), 0.01)
    for name, parameter in head.named_parameters():
        if "bias" in name and isinstance(head, SampledHead):  # starts at the frequencies, see its own tests
            continue
        if "bias" in name:
            assert torch.equal(parameter, torch.zeros_like(parameter))
        elif parameter is not getattr(head, "table", None) and not (name == "weight" and getattr(head, "_tied", False)):
            assert 0 < parameter.abs().max() <= 0.01


@pytest.mark.parametrize("given", [bool, float])
def test_the_sigmoid_says_yes_or_no_to_each_class(given):
    head = HEADS.get("sigmoid")(H, classes(V))
    hidden, target, mask = case(head)
    yes, no = log_probs(head, hidden), torch.log1p(-log_probs(head, hidden).exp())
    expected = -torch.where(target, yes, no).sum(-1)[mask].sum()
    nats, count = loss(head, hidden, target.to(torch.float64) if given is float else target, mask)
    torch.testing.assert_close(nats, expected, atol=1e-11, rtol=0)
    assert count == 7
    assert torch.equal(best(head, hidden, mask), yes.exp() > 0.5)
    assert best(head, hidden).dtype == torch.bool
    assert torch.equal(log_probs(head, hidden), log_probs(head, hidden, mask))


@pytest.mark.parametrize("name", [name for name in ALONE if name not in ("crf", "ctc")])  # whose targets are whole
def test_weights_of_targets_multiply_their_loss_and_not_their_number(name):
    head = HEADS.get(name)(H, outline(name), HEADS.get(name).Config(**SAMPLES.get(name, {})))
    hidden, target, mask = case(head)
    hidden.requires_grad_()
    weights = torch.rand(B, T)
    weights[~mask] = torch.nan
    places = mask.nonzero().tolist()
    each = [loss(head, hidden[b, t][None, None], target[b, t][None, None]).nats * weights[b, t] for b, t in places]
    expected = torch.stack(each).sum()
    nats, count = loss(head, hidden, target, mask, weights)
    assert count == len(places)
    torch.testing.assert_close(nats, expected, atol=1e-11, rtol=0)
    found, wanted = (torch.autograd.grad(loss, [hidden, *head.parameters()]) for loss in (nats, expected))
    for left, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-11, rtol=0)
    plain = loss(head, hidden, target, mask).nats
    torch.testing.assert_close(loss(head, hidden, target, mask, torch.ones(B, T)).nats, plain, atol=1e-11, rtol=0)


@every_head
@pytest.mark.parametrize(
    "factors", [[0.5, 2.0, 0.0], [2.0, 0.0, 0.3], [True, True, False], [False, True, True]], ids=str
)
def test_weights_of_rows_multiply_their_loss_and_0_is_no_target(head, factors):
    hidden, target, _ = case(head)
    hidden.requires_grad_()
    lengths, weights = torch.tensor([3, 0, 4]), torch.tensor(factors)[:, None]
    rows = [slice(b, b + 1) for b in range(B)]
    alone = [head.loss(Padded(hidden[row], lengths[row]), Padded(target[row], lengths[row])) for row in rows]
    expected = sum(one.nats * float(factor) for one, factor in zip(alone, factors, strict=True))
    nats, count = head.loss(Padded(hidden, lengths), Padded(target, lengths), weights=Padded(weights))
    assert count == sum(int(n) for n, factor in zip(lengths, factors, strict=True) if factor)
    assert nats.dtype == hidden.dtype
    torch.testing.assert_close(nats, expected, atol=1e-11, rtol=0)
    wanted, found = (torch.autograd.grad(total, [hidden, *head.parameters()]) for total in (expected, nats))
    for left, right in zip(found, wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-11, rtol=0)
    fields = {"answer": Padded(target, lengths), "answer.weights": Padded(weights)}
    given = Batch(B, fields).map(lambda tensor: tensor.numpy())
    assert given.count("answer") == count


@every_head
def test_without_a_target_that_counts_there_is_no_loss_and_no_gradient(head):
    hidden, target, _ = case(head)
    hidden.requires_grad_()
    for nothing in (torch.zeros(B, 1), torch.zeros(B, 1, dtype=torch.bool)):
        nats, count = head.loss(Padded(hidden), Padded(target), weights=Padded(nothing))
        assert (nats.item(), count) == (0.0, 0)
        for gradient in torch.autograd.grad(
            nats, [hidden, *head.parameters()], materialize_grads=True, allow_unused=True
        ):
            assert not gradient.any()


@pytest.mark.parametrize("name", [name for name in HEADS.names() if name not in TOKEN_HEADS])
def test_a_language_model_takes_heads_that_predict_each_token_by_itself(name):
    names = [
        "adaptive_softmax",
        "blackout",
        "class_softmax",
        "mixture_of_softmaxes",
        "nce",
        "sampled_softmax",
        "softmax",
    ]
    assert names == TOKEN_HEADS
    message = (
        rf"\[model\] head: got '{name}', expected one that predicts each token by itself: {', '.join(names)}\. "
        "A language model is asked for the next token alone"
    )
    with pytest.raises(ConfigError, match=message):
        Settings({"model": {"head": name}}).build("model", RnnLM.Config)


@every_head
def test_the_best_of_what_is_no_number_is_refused(head):
    hidden, _, _ = case(head)
    mask = torch.arange(T) < torch.tensor([[3], [1], [4]])
    fine = best(head, hidden, mask)
    padding = torch.where(mask[..., None], hidden, torch.nan)
    assert torch.equal(best(head, padding, mask)[mask], fine[mask])
    for value in (torch.nan, torch.inf):
        hidden[2, 1, 0] = value
        with pytest.raises(TrainingError, match=r"^The model predicts no numbers \(NaN\): .* Train it anew\.$"):
            best(head, hidden, mask)
