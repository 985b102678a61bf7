"""Heads that learn from drawn classes: their formulas, their limits, and that nobody takes them for likelihoods."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.outlines import Classes, Tokens
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.heads import HEADS
from elman.heads.base import Drawn, SampledHead
from elman.moment import Moment, Noise
from elman.runs.configuration import TrainingConfig
from elman.training.optimizers import Optimizer, clip_by_global_norm
from tests.gradients import equal_finite_differences

GOLDENS = json.loads((Path(__file__).parent / "goldens_vocabulary.json").read_text())["G1_sampled_losses"]
NAMES = [name for name in HEADS.names() if issubclass(HEADS.get(name), SampledHead)]
V, H = len(GOLDENS["logits"]), 3

every_head = pytest.mark.parametrize("name", NAMES)
pytestmark = pytest.mark.usefixtures("float64")


def tokens(counts=GOLDENS["counts"]):
    return Tokens([str(number) for number in range(len(counts))], np.array(counts, np.int64))


def make(name, counts=GOLDENS["counts"], **options):
    kind = HEADS.get(name)
    head = kind(H, tokens(counts), kind.Config(**{"samples": 4, "exponent": 0.4, **options}))
    for parameter in head.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    return head


def drawn(logits, draws, target=GOLDENS["target"], noise=None):
    """Return one row of logits as a head sees it."""
    noise = torch.tensor(GOLDENS["q"]).log() if noise is None else noise
    draws = torch.tensor(draws)
    hits = (draws == target)[None]
    return Drawn(logits[target][None], logits[draws][None], noise[target][None], noise[draws], hits)


def moment(step=0):
    return Moment(Noise(7, step))


@pytest.mark.parametrize(
    ("name", "options", "draws", "golden"),
    [
        ("sampled_softmax", {}, [1, 5, 1, 6], "sampled_softmax_with_replacement_minus_log_kq"),
        ("sampled_softmax", {}, [1, 3, 5, 6], "samples_1356_hit_removed"),
        ("nce", {}, [1, 5, 1, 6], "nce_lnZ_0"),
        ("nce", {"log_partition": 9.0}, [1, 5, 1, 6], "nce_lnZ_9"),
        ("blackout", {}, [1, 5, 1, 6], "blackout_alpha_0.4"),
    ],
)
def test_C23_F3_F5_losses_and_gradients_are_those_of_the_formulas(name, options, draws, golden):
    logits = torch.tensor(GOLDENS["logits"], requires_grad=True)
    nats = make(name, **options).sampled(drawn(logits, draws))[0]
    (gradient,) = torch.autograd.grad(nats, logits)
    assert nats.item() == pytest.approx(GOLDENS[golden]["loss"], abs=1e-12)
    np.testing.assert_allclose(gradient, GOLDENS[golden]["gradient"], atol=1e-12)


def test_blackout_without_importance_is_that_of_equal_draws():
    logits = torch.tensor(GOLDENS["logits"], requires_grad=True)
    equal = torch.full((V,), -np.log(V))
    nats = make("blackout", exponent=0.0).sampled(drawn(logits, [1, 5, 1, 6], noise=equal))[0]
    (gradient,) = torch.autograd.grad(nats, logits)
    assert nats.item() == pytest.approx(GOLDENS["blackout_alpha_0"]["loss"], abs=1e-12)
    np.testing.assert_allclose(gradient, GOLDENS["blackout_alpha_0"]["gradient"], atol=1e-12)


@pytest.mark.parametrize("name", ["sampled_softmax", "blackout"])
def test_a_constant_factor_of_the_noise_cancels(name):
    head, logits, noise = make(name), torch.tensor(GOLDENS["logits"]), torch.tensor(GOLDENS["q"]).log()
    found = [head.sampled(drawn(logits, [1, 5, 3, 6], noise=noise + shift)) for shift in (0.0, 2.5)]
    torch.testing.assert_close(*found, atol=1e-12, rtol=0)


def test_noise_that_is_not_normalised_changes_what_nce_learns():
    head, logits, noise = make("nce"), torch.tensor(GOLDENS["logits"]), torch.tensor(GOLDENS["q"]).log()
    found = [head.sampled(drawn(logits, [1, 5, 3, 6], noise=noise + shift)).item() for shift in (0.0, 2.5)]
    assert abs(found[0] - found[1]) > 0.1


def test_the_best_logits_of_nce_are_the_logarithms_of_what_is_true():
    truth = torch.tensor([0.4, 0.3, 0.2, 0.1])
    noise, k = torch.tensor([0.1, 0.2, 0.3, 0.4]), 4
    logits = truth.log().requires_grad_()
    head = make("nce", [4, 3, 2, 1], samples=k)
    # In expectation a draw is class s with probability q(s): k draws of every class, weighed by it.
    expected = logits.new_zeros(())
    for target in range(4):
        for s in range(4):
            same = head.sampled(drawn(logits, [s] * k, target, noise.log()))
            expected = expected + truth[target] * noise[s] * same[0]
    (gradient,) = torch.autograd.grad(expected, logits)
    assert gradient.abs().max() < 1e-10


@every_head
def test_C23_what_is_asked_in_evaluation_is_the_whole_softmax(name):
    head, hidden, target = make(name), torch.randn(2, 5, H), torch.randint(V, (2, 5))
    logits = hidden @ head.weight.t() + head.bias
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").view(2, 5)
    torch.testing.assert_close(head.nll(hidden, target), expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(head.loss(Padded(hidden), Padded(target)).nats, expected.sum(), atol=1e-12, rtol=0)


def test_with_every_class_drawn_once_and_equally_the_sampled_softmax_is_the_softmax(monkeypatch):
    head = make("sampled_softmax", samples=V, exponent=0.0)
    monkeypatch.setattr(type(head), "draws", lambda self, moment: torch.arange(V))
    hidden, target = torch.randn(3, 4, H, requires_grad=True), torch.randint(V, (3, 4))
    found = head.loss(Padded(hidden), Padded(target), moment()).nats
    expected = head.loss(Padded(hidden), Padded(target)).nats
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    parts = [hidden, head.weight, head.bias]
    for left, right in zip(torch.autograd.grad(found, parts), torch.autograd.grad(expected, parts), strict=True):
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


@every_head
def test_a_hit_counts_for_its_row_alone(name, monkeypatch):
    head = make(name)
    monkeypatch.setattr(type(head), "draws", lambda self, moment: torch.tensor([1, 3, 5, 6]))
    hidden, target = torch.randn(1, 2, H), torch.tensor([[3, 0]])
    both = head.loss(Padded(hidden), Padded(target), moment()).nats
    alone = [head.loss(Padded(hidden[:, [t]]), Padded(target[:, [t]]), moment()).nats for t in (0, 1)]
    torch.testing.assert_close(both, sum(alone), atol=1e-12, rtol=0)
    # The row whose target nobody drew is compared with all four.
    logits = hidden[0, 1] @ head.weight.t() + head.bias
    expected = head.sampled(drawn(logits, [1, 3, 5, 6], 0, head.log_noise))[0]
    torch.testing.assert_close(alone[1], expected, atol=1e-12, rtol=0)


@every_head
def test_gradients_are_those_of_finite_differences(name):
    head, target, hidden = make(name), torch.randint(V, (2, 3)), torch.randn(2, 3, H, requires_grad=True)
    names, values = zip(*head.named_parameters(), strict=True)
    head.forward = lambda hidden: head.loss(Padded(hidden), Padded(target), moment()).nats

    def function(hidden, *parameters):
        return torch.func.functional_call(head, dict(zip(names, parameters, strict=True)), (hidden,))

    assert equal_finite_differences(function, (hidden, *values))


def test_blackout_stays_a_number_where_a_draw_wins_by_far():
    logits = torch.zeros(V, requires_grad=True)
    with torch.no_grad():
        logits[1] = 60.0
    for kind in (torch.float32, torch.float64):
        given = logits.detach().to(kind).requires_grad_()
        nats = make("blackout").sampled(drawn(given, [1, 5, 7, 6], noise=torch.zeros(V, dtype=kind)))[0]
        (gradient,) = torch.autograd.grad(nats, given)
        assert nats.item() == pytest.approx(120 - np.log(4), abs=1e-3)
        assert gradient.isfinite().all()
        assert gradient[1].item() == pytest.approx(2.0, abs=1e-6)


@every_head
def test_draws_come_from_counters_and_as_often_as_said(name):
    head = make(name, samples=V)
    found = torch.cat([head.draws(moment(step)) for step in range(3000)])
    again = torch.cat([head.draws(moment(step)) for step in range(3000)])
    assert torch.equal(found, again)
    shares = torch.bincount(found, minlength=V) / len(found)
    np.testing.assert_allclose(shares, GOLDENS["q"], atol=0.01)
    np.testing.assert_allclose(head.log_noise.exp(), GOLDENS["q"], atol=1e-12)


@every_head
def test_the_rarest_of_many_classes_are_drawn_too(name):
    counts = np.maximum(10**7 // np.arange(1, 800_001), 0)
    head = make(name, counts, exponent=1.0, samples=1)
    assert head._cumulative.dtype == np.float64
    assert head._cumulative[-1] == pytest.approx(1.0, abs=1e-9)
    assert np.searchsorted(head._cumulative, head._cumulative[-1] * (1 - 1e-9), side="right") > 799_000


@every_head
@pytest.mark.parametrize("tied", [False, True])
def test_rows_that_nobody_looked_at_stay_as_they_are(name, tied, monkeypatch):
    found = []
    for optimizer, lazily in (("sgd", False), ("adagrad", False), ("adam", True)):
        torch.manual_seed(3)
        head = make(name)
        monkeypatch.setattr(type(head), "draws", lambda self, moment: torch.tensor([1, 5, 1, 6]))
        if tied:
            head.tie(torch.nn.Parameter(head.weight.detach().clone()))
        before = head.weight.detach().clone()
        rule = Optimizer(TrainingConfig(optimizer=optimizer, lazy_rows=lazily), head)
        head.loss(Padded(torch.randn(1, 2, H)), Padded(torch.tensor([[3, 3]])), moment()).nats.backward()
        assert head.weight.grad.is_sparse
        clip_by_global_norm(head.parameters(), 1.0)
        rule.step(0.1)
        changed = (head.weight != before).any(1)
        assert changed.nonzero()[:, 0].tolist() == [1, 3, 5, 6]
        found.append(head.weight.detach().clone())
    assert all(one.isfinite().all() for one in found)


@every_head
def test_sparse_rows_give_the_gradient_of_the_whole_table(name, monkeypatch):
    head = make(name)
    monkeypatch.setattr(type(head), "draws", lambda self, moment: torch.tensor([1, 5, 1, 6]))
    hidden, target, found = torch.randn(2, 3, H), torch.randint(V, (2, 3)), []
    for sparse in (False, True):
        head.sparse_rows = sparse
        head.zero_grad()
        head.loss(Padded(hidden), Padded(target), moment()).nats.backward()
        found.append(head.weight.grad.to_dense())
    torch.testing.assert_close(*found, atol=1e-12, rtol=0)


@pytest.mark.parametrize(
    ("name", "options", "shift"), [*[(name, {}, 0.0) for name in NAMES], ("nce", {"log_partition": 2.0}, 2.0)]
)
def test_the_bias_starts_at_the_frequencies(name, options, shift):
    kind = HEADS.get(name)
    head = kind(H, tokens([6, 3, 1, 0]), kind.Config(samples=2, **options))
    expected = np.log(np.array([6, 3, 1, 0.5]) / 10.5) + shift
    np.testing.assert_allclose(head.bias.detach(), expected, atol=1e-12)
    head.reset_parameters(torch.Generator().manual_seed(5))
    np.testing.assert_allclose(head.bias.detach(), expected, atol=1e-12)


@every_head
def test_more_draws_than_classes_are_refused(name):
    message = rf"model\.head_options\.samples: got 9, expected 1 to {V}, the size of the vocabulary\. For so small"
    with pytest.raises(ConfigError, match=message):
        make(name, samples=9)


@every_head
def test_classes_that_nobody_counted_are_refused(name):
    kind = HEADS.get(name)
    message = rf"model\.head: {kind.__name__} draws classes by how often they occur, and nobody counted these"
    with pytest.raises(ConfigError, match=message):
        kind(H, Classes(list("abcdefgh")), kind.Config(samples=2))


@every_head
def test_a_training_loss_is_never_called_nats(name):
    assert "no likelihood" in HEADS.get(name).mixes
