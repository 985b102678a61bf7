"""Products of tensors: where they are made, and that they are products."""

import pytest
import torch

from elman.layers.products import product
from elman.native import matrices

LEFT, RIGHT = torch.randn(7, 5), torch.randn(5, 9)


@pytest.mark.parametrize("mode", ["reference", "auto"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("lies", [lambda x: x, lambda x: x.t().contiguous().t(), lambda x: x.repeat(2, 2)[::2, ::2]])
def test_it_is_the_product(monkeypatch, mode, dtype, lies):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    left, right = lies(LEFT.to(dtype)), lies(RIGHT.to(dtype))
    expected = left.double() @ right.double()
    tolerance = {torch.float64: 1e-12, torch.float32: 1e-5}.get(dtype, 0.1)
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
