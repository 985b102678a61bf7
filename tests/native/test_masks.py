"""Masks of compiled code are those of torch, bit for bit: weights of old runs hang on them."""

import os

import numpy as np
import pytest
import torch

from elman.errors import ShapeError
from elman.moment import Noise
from elman.native import masks, module

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("keep", [0.7, 0.5, 1 / 3, 1e-3, 1.0])
@pytest.mark.parametrize("shape", [(0,), (1,), (311,), (312,), (313,), (97, 261)])
def test_they_are_those_of_torch(dtype, keep, shape):
    for seed in (0, 1, 2**32 - 1, 2**40 + 7, 2**63 - 1):
        expected = torch.empty(*shape, dtype=dtype).bernoulli_(keep, generator=torch.Generator().manual_seed(seed))
        found = np.empty(shape, torch.zeros(0, dtype=dtype).numpy().dtype)
        masks.fill(found, seed, keep, 1.0)
        assert np.array_equal(found, expected.numpy())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16], ids=str)
def test_noise_is_the_same_whoever_draws_it(monkeypatch, dtype):
    def drawn(mode):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        noise, like = Noise(3, 14, 1), torch.empty(50, 40, dtype=dtype)
        cube = torch.empty(5, 6, 7, dtype=dtype)
        lying = (like, like.t(), like[:, :3], cube.transpose(0, 1), cube.permute(2, 0, 1), like[:1].expand(3, 40))
        return [noise.keep_mask(one, 0.7) for one in lying]

    for one, other in zip(drawn("native"), drawn("reference"), strict=True):
        assert torch.equal(one, other)


def test_a_mask_that_cannot_be_filled_is_refused():
    for mask in (np.empty(3, np.float16), np.empty((3, 4), np.float32).T):
        with pytest.raises(ShapeError, match="mask: got float"):
            masks.fill(mask, 0, 0.5, 1.0)
