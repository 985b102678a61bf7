"""Products of compiled code against NumPy's in double precision."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from elman.cells import CELLS
from elman.errors import ShapeError
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.native import instruction_sets, matrices, module

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
every_isa = pytest.mark.parametrize("isa", instruction_sets())
every_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])
SIZES = [
    (1, 1, 1),
    (7, 1, 33),
    (1, 7, 17),
    (17, 33, 7),
    (33, 17, 1),
    (12, 256, 32),
    (150, 300, 70),
    (301, 129, 1100),  # more rows, depth and columns than one block of the product has
]


def random(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def product(left, right, threads=1, to=None):
    out = np.full((len(left), right.shape[1]), np.nan, left.dtype) if to is None else to.copy()
    matrices.multiply(left, right, out, threads, to is not None)
    return out


@every_isa
@every_type
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_is_the_product(monkeypatch, isa, dtype, threads, size):
    monkeypatch.setenv("ELMAN_ISA", isa)
    rows, depth, columns = size
    rng = np.random.default_rng(0)
    lefts = (random(rng, rows, depth, dtype=dtype), random(rng, depth, rows, dtype=dtype).T)
    rights = (random(rng, depth, columns, dtype=dtype), random(rng, columns, depth, dtype=dtype).T)
    there = random(rng, rows, columns, dtype=dtype)
    for left, right in itertools.product(lefts, rights):
        expected = left.astype(np.float64) @ right.astype(np.float64)
        # What a sum of so many products may lose: some roundings of the sum of their sizes.
        bound = 4 * np.sqrt(depth) * np.finfo(dtype).eps * (np.abs(left).astype(float) @ np.abs(right).astype(float))
        assert (np.abs(product(left, right, threads) - expected) <= bound).all()
        bound += np.finfo(dtype).eps * (np.abs(there) + np.abs(expected)) * 2
        assert (np.abs(product(left, right, threads, there) - expected - there.astype(np.float64)) <= bound).all()


@every_isa
def test_parts_of_larger_arrays(monkeypatch, isa):
    monkeypatch.setenv("ELMAN_ISA", isa)
    rng = np.random.default_rng(1)
    left, right = random(rng, 40, 50), random(rng, 60, 45)
    np.testing.assert_allclose(product(left[3:20, 5:38], right[7:40, 2:33]), left[3:20, 5:38] @ right[7:40, 2:33])
    np.testing.assert_allclose(product(left[:, 5:38].T, right[:40, 2:33]), left[:, 5:38].T @ right[:40, 2:33])
    np.testing.assert_allclose(product(left[::3, :30], right[::2, :9]), left[::3, :30] @ right[::2, :9])
    np.testing.assert_allclose(product(left[3:20, 5:38], right[7:40, 2:35].T), left[3:20, 5:38] @ right[7:40, 2:35].T)


@pytest.mark.parametrize("size", [(0, 3, 2), (2, 3, 0), (2, 0, 3), (0, 0, 0)])
def test_nothing_to_multiply(size):
    rows, depth, columns = size
    left, right = np.zeros((rows, depth)), np.zeros((depth, columns))
    for threads in (1, 2):
        assert (product(left, right, threads) == left @ right).all()
        assert (product(left, right, threads, np.ones((rows, columns))) == 1).all()


@every_isa
@every_type
@pytest.mark.parametrize("transposed", [False, True])
def test_a_row_has_the_same_bits_alone_and_among_others(monkeypatch, isa, dtype, transposed):
    monkeypatch.setenv("ELMAN_ISA", isa)
    rng = np.random.default_rng(2)
    left, right = random(rng, 61, 300, dtype=dtype), random(rng, 300, 77, dtype=dtype)
    left = np.asfortranarray(left) if transposed else left
    whole = product(left, right)
    for rows in (slice(0, 1), slice(60, 61), slice(5, 29)):
        assert (product(left[rows], right) == whole[rows]).all()
    for threads in (1, 2, 3):
        assert (product(left, right, threads) == whole).all()


@every_isa
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_in_its_row_and_column(monkeypatch, isa, value):
    monkeypatch.setenv("ELMAN_ISA", isa)
    left, right = np.ones((14, 20), np.float32), np.ones((20, 35), np.float32)
    left[13, 4] = value
    right[19, 34] = value
    found = product(left, right)
    assert not np.isfinite(found[13]).any()
    assert not np.isfinite(found[:, 34]).any()
    assert (found[:13, :34] == 20).all()


@pytest.mark.parametrize(
    ("left", "right", "out", "message"),
    [
        (np.zeros((2, 3)), np.zeros((4, 5)), np.zeros((2, 5)), r"product: got \(2, 3\) times \(4, 5\) for \(2, 5\)"),
        (
            np.zeros((2, 3)),
            np.zeros((3, 5)),
            np.zeros((3, 5)),
            r"for \(3, 5\), expected \(M, K\) times \(K, N\) for \(M, N\)",
        ),
        (np.zeros(3), np.zeros((3, 5)), np.zeros((1, 5)), r"product: got \(3,\) times"),
        (np.zeros((2, 3)), np.zeros((3, 5), np.float32), np.zeros((2, 5)), "float64 times float32 for float64"),
        (np.zeros((2, 3), int), np.zeros((3, 5), int), np.zeros((2, 5), int), "expected all float32 or all float64"),
        (np.zeros((4, 6))[::2, ::2], np.zeros((3, 5)), np.zeros((2, 5)), "product: left has neither contiguous rows"),
        (np.zeros((2, 3)), np.zeros((6, 10))[::2, ::2], np.zeros((2, 5)), "product: right has neither contiguous rows"),
        (np.zeros((2, 3)), np.zeros((3, 5)), np.zeros((5, 2)).T, "product: out is not contiguous"),
    ],
)
def test_what_does_not_fit(left, right, out, message):
    with pytest.raises(ShapeError, match=message):
        matrices.multiply(left, right, out, 1)


def test_products_of_a_pass_do_not_depend_on_the_library_of_torch(monkeypatch):
    called = []
    real = matrices.multiply
    monkeypatch.setattr(matrices, "multiply", lambda *given: called.append(1) or real(*given))
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    cell, rows = CELLS.get("lstm")(3, 5), torch.randn(8, 3, requires_grad=True)
    unroll(cell, rows, Packing(2, 4), cell.initial_state(2))[0].sum().backward()
    assert len(called) == 3  # of the input and of both weights


def test_a_forked_child_multiplies():
    code = (
        "import os, numpy as np; from elman.native.matrices import multiply\n"
        "left, out = np.ones((64, 64)), np.zeros((64, 64))\n"
        "multiply(left, left, out, 2)\n"
        "child = os.fork()\n"
        "if child == 0: multiply(left, left, out, 2); os._exit(0 if (out == 64).all() else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
