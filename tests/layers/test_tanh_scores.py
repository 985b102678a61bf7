"""Scores of a tanh layer in blocks: the same as all at once, with the same gradients, in little memory."""

import pytest
import torch

from elman.layers.tanh_scores import tanh_scores
from tests.gradients import equal_finite_differences

SIZES = [(3, 4, 5, 2), (2, 3, 1, 4), (1, 1, 1, 1), (2, 0, 3, 2), (0, 2, 3, 2), (2, 3, 0, 2)]


def given(rows, steps, places, width):
    return torch.randn(rows, steps, width), torch.randn(rows, places, width), torch.randn(width)


def at_once(queries, keys, vector):
    return torch.tanh(keys[:, None] + queries[:, :, None]) @ vector


@pytest.mark.parametrize("block", [1, 11, 25, 60, 1 << 18])  # less than a query, some queries, some rows, everything
@pytest.mark.parametrize("sizes", SIZES)
def test_blocks_are_the_whole(float64, monkeypatch, sizes, block):
    monkeypatch.setattr("elman.layers.tanh_scores._BLOCK", block)
    inputs = [one.requires_grad_() for one in given(*sizes)]
    found, expected = tanh_scores(*inputs), at_once(*inputs)
    torch.testing.assert_close(found, expected, atol=1e-13, rtol=0)
    weights = torch.randn_like(found)
    for left, right in zip(
        torch.autograd.grad((found * weights).sum(), inputs), torch.autograd.grad((expected * weights).sum(), inputs),
        strict=True,
    ):  # fmt: skip
        torch.testing.assert_close(left, right, atol=1e-12, rtol=0)


def test_gradients_equal_finite_differences(float64, monkeypatch):
    monkeypatch.setattr("elman.layers.tanh_scores._BLOCK", 12)
    assert equal_finite_differences(tanh_scores, [one.requires_grad_() for one in given(2, 3, 2, 3)])


def test_no_hidden_layer_of_all_pairs_is_kept():
    queries, keys, vector = (one.requires_grad_() for one in given(4, 3, 5, 16))
    sizes = []
    with torch.autograd.graph.saved_tensors_hooks(lambda one: sizes.append(one.numel()) or one, lambda one: one):
        tanh_scores(queries, keys, vector)
    assert max(sizes) == keys.numel()


def test_where_transforms_are_active_it_is_the_plain_formula(float64):
    inputs = given(2, 3, 4, 2)
    found = torch.func.vmap(lambda q, k: tanh_scores(q[None], k[None], inputs[2])[0])(*inputs[:2])
    torch.testing.assert_close(found, at_once(*inputs), atol=1e-13, rtol=0)
