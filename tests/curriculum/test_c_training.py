"""Curriculum rows C: backpropagation through time, truncation, clipping, losses."""

import math

import numpy as np
import pytest
import torch
from torch import nn

import elman
from elman.cells.base import HiddenState
from elman.cells.elman import ElmanCell
from elman.errors import TrainingError
from elman.heads.softmax import SoftmaxHead
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.training.optimizers import clip_by_global_norm
from tests.asking import classes, loss

T, I, H = 6, 3, 4


pytestmark = pytest.mark.usefixtures("float64")


def numpy_bptt(w_x, w_s, x, s0, v):
    """Return ∂L/∂W_x, ∂L/∂W_s, ∂L/∂s_0 of L = Σ_t v_t · s_t by the deck's two formulas."""
    states = [s0]
    for x_t in x:
        states.append(np.tanh(w_x @ x_t + w_s @ states[-1]))
    grad_x, grad_s, later = np.zeros_like(w_x), np.zeros_like(w_s), np.zeros(H)
    for t in range(len(x), 0, -1):
        at_state = v[t - 1] + later  # Σ over losses j >= t
        at_u = (1 - states[t] ** 2) * at_state  # diag(tanh'(u_t)), erratum 1
        grad_x += np.outer(at_u, x[t - 1])
        grad_s += np.outer(at_u, states[t - 1])
        later = w_s.T @ at_u
    return grad_x, grad_s, later


def run_cell(cell, x, s0):
    return unroll(cell, x, Packing(1, len(x)), HiddenState(s0[None]))[0]


def test_C1_backpropagation_by_hand_is_autograd_and_finite_differences():
    cell = ElmanCell(I, H, ElmanCell.Config(bias=False))
    x, v, s0 = torch.randn(T, I), torch.randn(T, H), torch.randn(H, requires_grad=True)
    (run_cell(cell, x, s0) * v).sum().backward()
    arrays = [tensor.detach().numpy() for tensor in (cell.weight_ih, cell.weight_hh, x, s0, v)]
    by_hand = numpy_bptt(*arrays)
    for ours, theirs in zip(by_hand, (cell.weight_ih.grad, cell.weight_hh.grad, s0.grad), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)

    def loss(w_s):
        s, total = arrays[3], 0.0
        for x_t, v_t in zip(arrays[2], arrays[4], strict=True):
            s = np.tanh(arrays[0] @ x_t + w_s @ s)
            total += v_t @ s
        return total

    step = 1e-6 * np.eye(H * H).reshape(H * H, H, H)
    differences = [(loss(arrays[1] + d) - loss(arrays[1] - d)) / 2e-6 for d in step]
    np.testing.assert_allclose(np.reshape(differences, (H, H)), by_hand[1], atol=1e-8)


def test_C2_X10_the_gradient_of_a_repeated_weight_is_the_sum_over_its_appearances():
    cell = ElmanCell(I, H, ElmanCell.Config(bias=False))
    x, s0 = torch.randn(T, I), torch.randn(H)
    run_cell(cell, x, s0)[-1].sum().backward()
    copies = [cell.weight_hh.detach().clone().requires_grad_() for _ in range(T)]
    s = s0
    for x_t, w_s in zip(x, copies, strict=True):
        s = torch.tanh(cell.weight_ih.detach() @ x_t + w_s @ s)
    s.sum().backward()
    torch.testing.assert_close(sum(w.grad for w in copies), cell.weight_hh.grad, atol=1e-12, rtol=0)


def test_C4_truncation_cuts_the_gradient_and_nothing_else():
    cell, k = ElmanCell(I, H), 2
    x, state = torch.randn(T, I, requires_grad=True), HiddenState(torch.randn(1, H))
    full = run_cell(cell, x, state.h[0])
    (whole,) = torch.autograd.grad(full[-1].sum(), x)
    parts = []
    for first in range(0, T, k):
        outputs, state, _ = unroll(cell, x[first : first + k], Packing(1, k), state.detach())
        parts.append(outputs)
    (cut,) = torch.autograd.grad(parts[-1][-1].sum(), x)
    torch.testing.assert_close(torch.cat(parts), full, atol=1e-12, rtol=0)
    assert (whole != 0).all()
    assert (cut[: T - k] == 0).all()
    torch.testing.assert_close(cut[T - k :], whole[T - k :], atol=1e-12, rtol=0)


def parameters_with(gradients):
    rows = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for row, gradient in zip(rows, gradients, strict=True):
        row.grad = gradient.clone()
    return rows


@pytest.mark.parametrize("threshold", [0.5, 5.0, 13.0])
def test_C5_clipping_keeps_the_direction_and_reaches_the_norm_exactly(threshold):
    gradients = [torch.tensor([3.0, 4.0]), torch.tensor([[12.0]])]  # ‖g‖ = 13
    rows = parameters_with(gradients)
    assert clip_by_global_norm(rows, threshold) == pytest.approx(13.0, abs=1e-12)
    clipped = torch.cat([row.grad.flatten() for row in rows])
    assert clipped.norm() == pytest.approx(threshold, abs=1e-12)
    direction = torch.cat([g.flatten() for g in gradients]) / 13
    torch.testing.assert_close(clipped / clipped.norm(), direction, atol=1e-12, rtol=0)


def test_C5_a_smaller_gradient_stays_as_it_is_and_0_switches_clipping_off():
    for threshold in (14.0, 0.0):
        rows = parameters_with([torch.tensor([5.0, 12.0])])
        assert clip_by_global_norm(rows, threshold) == pytest.approx(13.0)
        assert torch.equal(rows[0].grad, torch.tensor([5.0, 12.0]))


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_C5_a_gradient_that_is_not_finite_is_reported_and_not_scaled(bad):
    rows = parameters_with([torch.tensor([1.0, bad])])
    assert not math.isfinite(clip_by_global_norm(rows, 1.0))
    assert rows[0].grad[0] == 1.0


def head_and_case():
    head = SoftmaxHead(H, classes(7))
    hidden, target = torch.randn(2, T, H), torch.randint(7, (2, T))
    probabilities = (hidden @ head.weight.t() + head.bias).softmax(-1).gather(-1, target[..., None])[..., 0].detach()
    return head, hidden, target, probabilities


@pytest.mark.slow
def test_C5_C6_a_training_that_dies_without_clipping_lives_with_it(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)

    def go(clip):
        settings = {"model.cell_options": {"activation": "relu"}, "model.dropout": 0.0, "training.clip_norm": clip,
                    "training.optimizer": "sgd", "training.schedule": "constant", "task.fresh_starts": 0.0,
                    "training.validate_every": 60}  # fmt: skip
        return elman.train(
            "lm", str(text_file), out=tmp_path / f"{clip}", cell="elman", hidden=32, level="character", steps=60,
            learning_rate=5.0, threads=1, settings=settings, listener=elman.silent,
        )  # fmt: skip

    with pytest.raises(TrainingError, match=r"not a finite number\. .*tighter clipping \(--set training\.clip_norm="):
        go(0.0)
    assert go(0.05).best.value < 2


def test_C7_cross_entropy_is_averaged_over_the_tokens():
    head, hidden, target, probabilities = head_and_case()
    nats, count = loss(head, hidden, target)
    assert count == 2 * T
    assert nats.item() / count == pytest.approx(float(-probabilities.log().mean()), abs=1e-12)


def test_C8_the_sum_is_T_times_the_average():
    head, hidden, target, probabilities = head_and_case()
    nats, count = loss(head, hidden, target)
    assert nats.item() == pytest.approx(count * float(-probabilities.log().mean()), abs=1e-12)


def test_C9_the_log_likelihood_is_minus_the_loss():
    head, hidden, target, probabilities = head_and_case()
    assert float(probabilities.log().sum()) == pytest.approx(-loss(head, hidden, target).nats.item(), abs=1e-12)
