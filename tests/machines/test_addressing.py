"""How places of a memory are found: against numbers computed elsewhere, against loops, and at zeros."""

import numpy as np
import pytest
import torch

from elman.machines.base.addressing import allocated, by_content, linked, sharpened, shifted, similar, used, written

pytestmark = pytest.mark.usefixtures("float64")


def rows(*values):
    return torch.tensor(values)[None]


def same(found, expected, tolerance=2e-12):
    torch.testing.assert_close(found, torch.as_tensor(expected), atol=tolerance, rtol=0)


def test_a_shift_of_one_goes_from_a_place_to_the_next():
    same(shifted(rows([0.0, 0, 0, 0, 1]), rows([0.0, 0, 1])), rows([1.0, 0, 0, 0, 0]))  # trap 27


def test_shifts_are_those_of_a_circular_convolution():
    w, s = [0.5, 0.3, 0.1, 0.07, 0.03], [0.2, 0.7, 0.1]
    same(shifted(rows(w), rows(s)), rows([0.413, 0.28, 0.114, 0.065, 0.128]))
    wide = [0.1, 0.2, 0.4, 0.2, 0.1]
    same(shifted(rows(w), rows(wide)), rows([0.283, 0.25, 0.167, 0.134, 0.166]))
    by_loop = [sum(w[(i - d) % 5] * s[d + 1] for d in (-1, 0, 1)) for i in range(5)]
    same(shifted(rows(w), rows(s))[0, 0], by_loop)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ([0.9, 0.1, 0.5, 0.1], [0.0005, 0.9, 0.005, 0.09]),
        ([0.4, 0.4, 0.2, 0.4], [0.12, 0.048, 0.8, 0.0192]),
        ([0.0, 0, 0, 0], [1.0, 0, 0, 0]),
        ([1.0, 1, 1, 1], [0.0, 0, 0, 0]),
    ],
)
def test_free_places_are_written_first_and_of_equal_ones_the_first(usage, expected):
    same(allocated(rows(*usage)), rows(*expected))


def test_of_two_hundred_free_places_the_first_is_taken():
    assert allocated(torch.zeros(1, 200))[0].argmax() == 0  # trap 36


def test_content_and_usage_are_what_loops_make_of_them():
    draw = torch.Generator().manual_seed(1)
    memory, keys = torch.randn(2, 5, 3, generator=draw), torch.randn(2, 2, 3, generator=draw)
    cosines, strengths = similar(memory, keys), torch.rand(2, 2, generator=draw) * 3
    for b in range(2):
        for r in range(2):
            k, m = keys[b, r].numpy(), memory[b].numpy()
            cosine = [k @ one / (np.linalg.norm(k) * np.linalg.norm(one) + 1e-8) for one in m]
            same(cosines[b, r], cosine)
            powers = np.exp(strengths[b, r].item() * np.array(cosine))
            same(by_content(memory, keys, strengths)[b, r], powers / powers.sum())
    usage, write, reads, free = (
        torch.rand(2, 5, generator=draw),
        torch.rand(2, 5, generator=draw) / 5,
        torch.rand(2, 2, 5, generator=draw) / 5,
        torch.rand(2, 2, generator=draw),
    )
    found = used(usage, write, reads, free)
    for b in range(2):
        for i in range(5):
            kept = np.prod([1 - free[b, r] * reads[b, r, i] for r in range(2)])
            same(found[b, i], (usage[b, i] + write[b, i] - usage[b, i] * write[b, i]) * kept)


def test_all_heads_erase_before_any_adds():
    memory, weights = torch.ones(1, 2, 1), rows([1.0, 0.0], [1.0, 0.5])
    erase, add = rows([0.5], [1.0]), rows([2.0], [3.0])
    same(written(memory, weights, erase, add), rows([5.0], [2.0]))  # (1 - .5)(1 - 1) + 2 + 3;  (1 - .5) + 1.5


def test_links_follow_the_order_of_writing_and_never_a_place_itself():
    links, precedence = torch.zeros(1, 3, 3), torch.zeros(1, 3)
    for place in (1, 0, 2):
        links, precedence = linked(links, precedence, torch.eye(3)[place][None])
    same(links[0], [[0.0, 1, 0], [0, 0, 0], [1, 0, 0]])  # trap 35: from column 1 to row 0, from 0 to 2
    same(precedence[0], [0.0, 0, 1])


def test_no_gradient_is_lost_at_a_memory_a_key_and_weights_of_zeros():
    memory, keys = torch.zeros(1, 4, 3, requires_grad=True), torch.zeros(1, 1, 3, requires_grad=True)
    strengths, powers = torch.ones(1, 1, requires_grad=True), torch.full((1, 1), 1.5, requires_grad=True)
    weights = rows([1.0, 0, 0, 0]).requires_grad_()
    found = by_content(memory, keys, strengths).square().sum() + sharpened(weights, powers)[0, 0, 1:].sum()
    found.backward()
    same(similar(memory, keys), torch.zeros(1, 1, 4))  # trap 26
    for tensor in (memory, keys, strengths, powers, weights):
        assert tensor.grad.isfinite().all()  # traps 26 and 28
