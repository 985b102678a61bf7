"""The conditional random field against sums over every path, in torch and in compiled code."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import ShapeError, TrainingError
from elman.layers import crf
from tests.asking import best, log_probs, loss, padded
from tests.gradients import equal_finite_differences
from tests.heads.every_path import LENGTHS, MODES, H, K, bind, case, enumerated, gradients, make, paths_of, score


@pytest.fixture(autouse=True)
def _float64(float64):
    """Draw numbers in float64, the same in every test."""


@pytest.mark.parametrize("constrained", [False, True])
def test_everything_is_what_every_path_says(mode, constrained):
    for _ in range(4):
        head, (hidden, target, mask) = make(constrained), case()
        hidden.requires_grad_()
        nats, marginals, expected = enumerated(head, hidden, target, mask)
        found = loss(head, hidden, target, mask)
        assert found.targets == 10
        torch.testing.assert_close(found.nats, nats, atol=1e-10, rtol=0)
        for left, right in zip(gradients(found.nats, head, hidden), gradients(nats, head, hidden), strict=True):
            torch.testing.assert_close(left, right, atol=1e-10, rtol=0)
        with torch.no_grad():
            torch.testing.assert_close(log_probs(head, hidden, mask), marginals, atol=1e-10, rtol=0)
        torch.testing.assert_close(log_probs(head, hidden, mask), marginals, atol=1e-10, rtol=0)
        assert torch.equal(best(head, hidden, mask), expected)


@pytest.mark.parametrize("constrained", [False, True])
def test_tags_of_a_stretch_are_as_likely_as_all_paths_that_have_them(mode, constrained):
    head, (hidden, _, mask) = make(constrained), case()
    given = padded(hidden, mask)
    found = head.best(given)
    with torch.no_grad():
        chained, alone = head.chained(given, found), head.log_probs(given)
    for row, length in enumerate(LENGTHS):
        emissions = (hidden @ head.weight.T + head.bias)[row, :length].detach()
        paths = paths_of(head, length)
        weights = torch.stack([score(head, emissions, path) for path in paths]).detach().softmax(0)
        tags = tuple(found.values[row, :length].tolist())
        for start, stop in itertools.combinations(range(length + 1), 2):
            same = [path[start:stop] == tags[start:stop] for path in paths]
            together = alone[row, start, tags[start]] + chained[row, start + 1 : stop].sum()
            torch.testing.assert_close(together.exp(), weights[torch.tensor(same)].sum(), atol=1e-10, rtol=0)
        if length:
            torch.testing.assert_close(chained[row, 0], alone[row, 0, tags[0]], atol=1e-10, rtol=0)
        assert not chained[row, length:].any()


@pytest.mark.parametrize("constrained", [False, True])
def test_gradients_equal_finite_differences(mode, constrained):
    head, (hidden, target, mask) = make(constrained), case()
    names, values = zip(*head.named_parameters(), strict=True)

    def function(hidden, *parameters):
        return torch.func.functional_call(head, dict(zip(names, parameters, strict=True)), (hidden, target, mask))

    head.forward = lambda hidden, target, mask: loss(head, hidden, target, mask).nats * 0.7
    assert equal_finite_differences(function, (hidden.requires_grad_(), *values))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(1, 20), st.booleans(), st.booleans())
def test_compiled_code_and_torch_agree(lengths, size, single, constrained):
    if len(MODES) == 1:
        pytest.skip("the compiled module is not there")
    head, found = make(size=size), []
    hidden, target, mask = case(lengths, size)
    hidden.requires_grad_()
    if constrained:
        starts, pairs, ends = (torch.rand(scores.shape) < 0.6 for scores in (head.starts, head.transitions, head.ends))
        head = bind(head, starts.numpy(), pairs.numpy(), ends.numpy())
    if single:
        head, hidden = head.float(), hidden.detach().float().requires_grad_()
    with pytest.MonkeyPatch.context() as patch:
        for mode in MODES:
            patch.setenv("ELMAN_KERNELS", mode)
            nats, _ = loss(head, hidden, target, mask)
            given = torch.autograd.grad(nats, [hidden, *head.parameters()], allow_unused=True, materialize_grads=True)
            with torch.no_grad():
                found.append([nats.detach(), *given, log_probs(head, hidden, mask), best(head, hidden, mask)])
    for left, right in zip(*found, strict=True):
        torch.testing.assert_close(left, right, atol=2e-4 if single else 1e-9, rtol=2e-5 if single else 1e-9)
        assert left.dtype == right.dtype


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("factors", [[2.0, 1.0, 0.0, 0.5, 3.0], [True, True, False, False, True]], ids=str)
def test_weights_are_of_whole_sentences(mode, factors, constrained):
    head, (hidden, target, mask) = make(constrained), case()
    hidden.requires_grad_()
    weights = torch.tensor(factors)[:, None]
    alone = [enumerated(head, hidden[row, None], target[row, None], mask[row, None])[0] for row in range(5)]
    expected = sum(nats * float(factor) for nats, factor in zip(alone, factors, strict=True))
    wanted = gradients(expected, head, hidden)
    hidden.data[2] = torch.nan  # the sentence of weight 0 is no target
    nats, count = loss(head, hidden, target, mask, weights)
    assert count == sum(length for length, factor in zip(LENGTHS, factors, strict=True) if factor)
    torch.testing.assert_close(nats, expected, atol=1e-10, rtol=0)
    for left, right in zip(gradients(nats, head, hidden), wanted, strict=True):
        torch.testing.assert_close(left, right, atol=1e-10, rtol=0)


def test_weights_of_single_tokens_are_refused():
    head, (hidden, target, mask) = make(), case()
    for shape in ((5, 4), (5, 1, 1)):
        with pytest.raises(ShapeError) as refused:
            loss(head, hidden, target, mask, torch.ones(shape))
        assert str(refused.value) == f"crf: got weights {shape}, expected one a sentence, (B, 1)."


def test_padding_changes_nothing_and_has_its_own_answers(mode):
    head, (hidden, target, mask) = make(), case([4, 2])
    found = loss(head, hidden, target, mask).nats, log_probs(head, hidden, mask), best(head, hidden, mask)
    hidden[1, 2:], target[1, 2:] = float("nan"), 99
    again = loss(head, hidden, target, mask).nats, log_probs(head, hidden, mask), best(head, hidden, mask)
    for left, right in zip(found, again, strict=True):
        assert torch.equal(left, right)
    torch.testing.assert_close(found[1][1, 2:].exp(), torch.full((2, K), 1 / K))
    assert (found[2][1, 2:] == 0).all()
    whole = best(head, hidden[:1])
    assert torch.equal(whole, found[2][:1])


@pytest.mark.parametrize("lengths", [[], [0, 0]])
def test_batches_without_tokens(mode, lengths):
    head, (hidden, target, mask) = make(constrained=True), case(lengths)
    assert loss(head, hidden, target, mask).targets == 0
    assert loss(head, hidden, target, mask).nats.item() == 0
    assert log_probs(head, hidden, mask).shape == (len(lengths), 0, K)
    assert best(head, hidden, mask).shape == (len(lengths), 0)
    longer = hidden.new_zeros(2, 3, H), torch.zeros(2, 3, dtype=torch.int64), torch.zeros(2, 3, dtype=torch.bool)
    nats, count = loss(head, *longer)
    nats.backward()
    assert (nats.item(), count) == (0.0, 0)


def test_extreme_emissions_stay_finite_and_right(mode):
    head, (hidden, target, mask) = make(), case()
    hidden = (1e4 * hidden.sign()).requires_grad_()
    nats, _, expected = enumerated(head, hidden, target, mask)
    found = loss(head, hidden, target, mask).nats
    torch.testing.assert_close(found, nats, rtol=1e-12, atol=1e-6)
    for left, right in zip(gradients(found, head, hidden), gradients(nats, head, hidden), strict=True):
        assert torch.isfinite(left).all()
        torch.testing.assert_close(left, right, rtol=1e-6, atol=1e-6)
    assert torch.equal(best(head, hidden, mask), expected)


def test_nan_is_not_hidden(mode):
    head, (hidden, target, mask) = make(), case()
    hidden[0, 1, 2] = float("nan")
    nats, _ = loss(head, hidden, target, mask)
    nats.backward()
    assert torch.isnan(nats)
    assert torch.isnan(head.transitions.grad).all()
    probabilities = log_probs(head, hidden, mask)
    assert torch.isnan(probabilities[0, :3]).all()
    assert not torch.isnan(probabilities[1:]).any()
    with pytest.raises(TrainingError, match="predicts no numbers"):
        best(head, hidden, mask)
    rows = torch.full((5, K), float("nan"))
    chain = crf.Chain(head.transitions.detach(), head.starts.detach(), head.ends.detach())
    path = crf.row_viterbi(rows, torch.tensor([2, 3]), chain)
    assert 0 <= path.min() <= path.max() < K
    hidden[0, 1, 2] = 0.0
    head.transitions.data[0, 1] = float("nan")
    with pytest.raises(TrainingError, match="predicts no numbers"):
        best(head, hidden, mask)


def test_single_precision_loses_nothing_in_long_sums(mode):
    head, (hidden, target, mask) = make().float(), case([200] * 20)
    exact = loss(head.double(), 100 + hidden, target, mask).nats
    found = loss(head.float(), (100 + hidden).float(), target, mask).nats
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), exact, rtol=1e-4, atol=0)


@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")  # from within torch
def test_transformations_of_torch_take_the_definition():
    head, (hidden, target, mask) = make(constrained=True), case()
    expected = torch.autograd.grad(loss(head, hidden.requires_grad_(), target, mask).nats, hidden)[0]
    nats = lambda hidden: loss(head, hidden, target, mask).nats  # noqa: E731
    torch.testing.assert_close(torch.func.grad(nats)(hidden.detach()), expected, atol=1e-10, rtol=0)
    direction = torch.randn_like(hidden)
    _, forwards = torch.func.jvp(nats, (hidden.detach(),), (direction,))
    torch.testing.assert_close(forwards, (direction * expected).sum(), atol=1e-10, rtol=0)
    several = torch.stack([hidden.detach(), 2 * hidden.detach()])
    torch.testing.assert_close(torch.func.vmap(nats)(several)[0], nats(hidden).detach(), atol=1e-10, rtol=0)


def test_log_probs_have_a_gradient(mode):
    head, (hidden, _, mask) = make(), case([3, 2])
    function = lambda hidden: log_probs(head, hidden, mask)[mask]  # noqa: E731
    assert equal_finite_differences(function, hidden.requires_grad_())


@pytest.mark.parametrize("forbidden", [0.0, 0.5])
def test_functions_of_padded_sentences(forbidden):
    emissions, mask = torch.randn(3, 4, K), torch.arange(4) < torch.tensor([4, 0, 2])[:, None]
    chain = crf.Chain(torch.randn(K, K), torch.randn(K), torch.randn(K))
    chain = crf.Chain(*(scores.masked_fill(torch.rand(scores.shape) < forbidden, -torch.inf) for scores in chain))
    best = crf.path_scores(emissions, mask, chain, crf.viterbi(emissions, mask, chain))
    every = []
    for tags in itertools.product(range(K), repeat=4):
        every.append(crf.path_scores(emissions, mask, chain, torch.tensor(tags).expand(3, 4)))
    scores = torch.stack(every)
    torch.testing.assert_close(best, scores.amax(0))
    copies = K ** (4 - mask.sum(1))  # what differs in padding only is one path
    torch.testing.assert_close(crf.log_partitions(emissions, mask, chain), scores.logsumexp(0) - copies.log())


def test_drawing_weights():
    head = make()
    head.reset_parameters(torch.Generator().manual_seed(0))
    assert 0 < head.transitions.abs().max() <= 0.1
    assert 0.1 < head.weight.abs().max() <= 0.5
    assert (head.bias == 0).all()
