"""Queries that read shared sources, and the likeliest classes, in compiled code: against NumPy in double precision."""

import os

import numpy as np
import pytest
import torch

from elman.data.records import Padded
from elman.decoding.choice import likeliest as likeliest_of
from elman.errors import ShapeError
from elman.layers.attending import Attention
from elman.layers.attention import SCORES
from elman.layers.source import Source, real
from elman.native import attention, instruction_sets, module
from elman.native.likeliest import likeliest

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
every_isa = pytest.mark.parametrize("isa", instruction_sets())
every_type = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
FORMS = [name for name in SCORES.names() if SCORES.get(name)(3, 3).has_form]


def source_of(looks, width, dtype):
    values, lengths = torch.randn(4, 9, width, dtype=dtype), torch.tensor([9, 1, 0, 4])
    padded = Padded(values, lengths)
    return Source(values, looks.score.keys(values), real(padded), values[:, 0], None)


@every_isa
@every_type
@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("rows", [None, [0, 0, 0, 1, 3, 3, 2]])
def test_what_is_read_is_what_torch_reads(monkeypatch, isa, dtype, name, rows):
    monkeypatch.setenv("ELMAN_ISA", isa)
    looks = Attention(name, 19, 19).to(dtype)
    source = source_of(looks, 19, dtype)
    if rows is not None:
        source = source.select(torch.tensor(rows))
    query, called = torch.randn(len(rows or "four"), 19, dtype=dtype), []
    real = attention.look
    monkeypatch.setattr("elman.layers.attending.look", lambda *told: called.append(1) or real(*told))
    with torch.no_grad():
        found = looks(query, source)
    expected = looks(query, source)
    assert called == [1]
    tolerance = 1e-11 if dtype == torch.float64 else 2e-5
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other.detach(), atol=tolerance, rtol=tolerance)


def test_sources_with_holes_are_left_to_torch(monkeypatch):
    looks = Attention("additive", 3, 4)
    source = source_of(looks, 4, torch.float32)
    source = source._replace(mask=source.mask.flip(1))
    monkeypatch.setattr("elman.layers.attending.look", lambda *_: pytest.fail("compiled code knows of no holes"))
    with torch.no_grad():
        looks(torch.randn(4, 3), source)


def test_a_source_that_is_not_there_is_refused():
    looks = Attention("dot", 4, 4)
    values = np.zeros((2, 3, 4), np.float32)
    there = attention.Sources(np.array([3, 1]), values, values, None, None, 1.0)
    for which in (np.array([0, 2]), np.array([-1, 0]), np.array([0]), np.array([0.0, 1.0])):
        with pytest.raises(ShapeError, match="which: got"):
            attention.look(there, which, np.zeros((2, 4), np.float32), 1)
    with pytest.raises(ShapeError, match="keys: got 4 numbers, expected 3, as the query has"):
        attention.look(there, np.array([0, 1]), np.zeros((2, 3), np.float32), 1)
    assert looks.score.has_form


@every_isa
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [3, 16, 64, 65, 300])
@pytest.mark.parametrize("end", [None, 0, 2])
def test_the_likeliest_are_those_of_a_softmax(monkeypatch, isa, dtype, classes, end):
    monkeypatch.setenv("ELMAN_ISA", isa)
    rng = np.random.default_rng(classes)
    logits = rng.standard_normal((7, classes)).astype(dtype) * 3
    logits[1] = np.round(logits[1])  # equal ones
    logits[2] = 1.5
    expected = logits.astype(np.float64)
    expected -= np.log(np.exp(expected).sum(1, keepdims=True))
    left = expected.copy()
    if end is not None:
        left[:, end] = -np.inf
    for k in (1, 2):
        log_probs, ids, log_end = likeliest(logits, k, end, 2)
        best = likeliest_of(left, k)
        assert np.array_equal(ids, best)
        tolerance = 1e-12 if dtype == np.float64 else 2e-6
        np.testing.assert_allclose(log_probs, np.take_along_axis(left, best, 1), atol=tolerance)
        np.testing.assert_allclose(log_end, np.full(7, -np.inf) if end is None else expected[:, end], atol=tolerance)


@every_isa
def test_no_number_stays_none(monkeypatch, isa):
    monkeypatch.setenv("ELMAN_ISA", isa)
    for place in (0, 5, 69):
        logits = np.zeros((2, 70), np.float32)
        logits[1, place] = np.nan
        _, _, log_end = likeliest(logits, 3, 1, 1)
        assert np.isnan(log_end).tolist() == [False, True]


@pytest.mark.parametrize(("k", "end"), [(0, None), (4, None), (1, 4), (1, -1)])
def test_numbers_that_are_no_classes_are_refused(k, end):
    with pytest.raises(ShapeError, match="expected fewer than 4 classes"):
        likeliest(np.zeros((1, 4), np.float32), k, end, 1)


def test_logits_of_another_type_are_refused():
    with pytest.raises(ShapeError, match="expected float32 or float64, contiguous"):
        likeliest(np.zeros((1, 4), np.float16), 1, None, 1)
