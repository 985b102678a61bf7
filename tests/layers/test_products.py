"""Products of tensors: where they are made, and that they are products."""

import pytest
import torch
from torch.nn import functional

from elman.layers.products import linear, product
from elman.native import matrices

SEED = torch.Generator().manual_seed(1)
LEFT, RIGHT = torch.randn(7, 5, generator=SEED), torch.randn(5, 9, generator=SEED)


@pytest.mark.parametrize("mode", ["reference", "auto"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("lies", [lambda x: x, lambda x: x.t().contiguous().t(), lambda x: x.repeat(2, 2)[::2, ::2]])
def test_it_is_the_product(monkeypatch, mode, dtype, lies):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    left, right = lies(LEFT.to(dtype)), lies(RIGHT.to(dtype))
    expected = left.double() @ right.double()
    tolerance = 4 * torch.finfo(dtype).eps
    torch.testing.assert_close(product(left, right).double(), expected, atol=tolerance, rtol=tolerance)
    there = torch.ones_like(expected, dtype=dtype)
    assert product(left, right, there, adds=True) is there
    torch.testing.assert_close(there.double(), expected + 1, atol=tolerance, rtol=tolerance)


def test_compiled_code_makes_it_where_it_can(monkeypatch):
    if matrices.compiled() is None:
        pytest.skip("the compiled module is not there")
    called = []
    monkeypatch.setattr(matrices, "multiply", lambda *given: called.append(given[-1]))
    product(LEFT, RIGHT)
    product(LEFT, RIGHT, torch.zeros(7, 9), adds=True)
    assert called == [False, True]
    product(LEFT.bfloat16(), RIGHT.bfloat16())
    product(LEFT.repeat(2, 2)[::2, ::2], RIGHT.repeat(2, 1)[::2])
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    product(LEFT, RIGHT)
    assert len(called) == 2


@pytest.mark.parametrize("mode", ["reference", "auto"])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("shape", [(70, 6), (3, 6), (8, 10, 6), (0, 6)])
def test_a_linear_layer_of_many_rows_is_torchs_with_its_gradients(monkeypatch, mode, biased, shape):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    given = [torch.randn(*shape), torch.randn(5, 6), *([torch.randn(5)] if biased else [])]
    given = [one.double().requires_grad_() for one in given]
    with torch.no_grad():
        torch.testing.assert_close(linear(*given), functional.linear(*given), atol=1e-12, rtol=0)
    found, expected = linear(*given), functional.linear(*given)
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    to = torch.randn_like(expected)
    for one, other in zip(torch.autograd.grad(found, given, to), torch.autograd.grad(expected, given, to), strict=True):
        torch.testing.assert_close(one, other, atol=1e-12, rtol=0)


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_a_linear_layer_can_be_differentiated_twice_and_by_functions():
    x, weight = torch.randn(65, 3).double().requires_grad_(), torch.randn(2, 3).double().requires_grad_()
    assert torch.autograd.gradgradcheck(linear, (x, weight))
    torch.testing.assert_close(torch.func.vmap(linear, (0, None))(x[None], weight)[0], functional.linear(x, weight))
    out, slope = torch.func.jvp(lambda given: linear(given, weight.detach()), (x.detach(),), (torch.ones_like(x),))
    torch.testing.assert_close(slope, weight.detach().sum(1).expand_as(out))
