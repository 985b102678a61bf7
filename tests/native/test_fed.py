"""Compiled recurrences that are fed with what they read, against the decoders' own steps, gradients included."""

import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from elman.data.records import Padded
from elman.errors import ShapeError
from elman.layers import feeding
from elman.layers.attention import SCORES
from elman.layers.attention.dot import DotScore
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.native import fed, instruction_sets, module
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from tests.gradients import equal_finite_differences

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
every_isa = pytest.mark.parametrize("isa", instruction_sets())
every_decoder = pytest.mark.parametrize("name", ["luong", "bahdanau"])
CELLS = {"lstm": {}, "gru": {}, "gru without biases": {"bias": False}, "elman": {}}
FORMS = [name for name in SCORES.names() if SCORES.get(name)(3, 3).has_form]
E = 3


@pytest.fixture(autouse=True)
def _draws():
    torch.manual_seed(5)


def make(name, cell, score, hidden, width, dtype):
    kind, options = cell.split()[0], CELLS[cell]
    config = DecoderConfig(hidden_size=hidden, decoder=name, attention=score, cell=kind, cell_options=options)
    decoder = STEPS.get(name)(E, width, config).to(dtype)
    for parameter in decoder.parameters():
        parameter.data = torch.randn_like(parameter) * 1.2 / hidden**0.5
    return decoder


def results(decoder, packing, rows, state, values, lengths, weights):
    """Return outputs, last state and all gradients of one pass."""
    inputs = [tensor.clone().requires_grad_(True) for tensor in (rows, values, *state.tensors())]
    parts = iter(inputs[2:])
    memory = decoder.source(Padded(inputs[1], lengths), values[:, 0])
    output, last, _ = unroll(decoder, inputs[0], packing, state.map(lambda _: next(parts)), memory)
    found = [output, *last.tensors()]
    total = sum((tensor * weight).sum() for tensor, weight in zip(found, weights, strict=True))
    return [*found, *torch.autograd.grad(total, [*inputs, *decoder.parameters()], allow_unused=True)]


def compare(monkeypatch, decoder, batch, steps, places, targets=None, sources=None, tolerance=None):
    """Assert that compiled code and the steps give the same from a random state."""
    dtype, width = next(decoder.parameters()).dtype, decoder.attention.score.value_size
    packing = Packing(batch, steps, targets)
    rows = torch.randn(sum(packing.batch_sizes), E, dtype=dtype)
    values = torch.randn(batch, places, width, dtype=dtype) * 0.5
    lengths = torch.full((batch,), places) if sources is None else sources
    memory = decoder.source(Padded(values, lengths), values[:, 0])
    state = decoder.initial_state(batch, memory).detach().map(torch.randn_like)
    weights = [rows.new_empty(len(rows), decoder.output_size).normal_(), *map(torch.randn_like, state.tensors())]
    given = (decoder, packing, rows, state, values, lengths, weights)
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    expected = results(*given)
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    called = []
    monkeypatch.setattr(fed, "forward", lambda *told, real=fed.forward: called.append(1) or real(*told))
    found = results(*given)
    assert called or steps == 1 or not len(rows)
    tolerance = tolerance or (1e-11 if dtype == torch.float64 else 2e-4)
    for left, right in zip(found, expected, strict=True):
        assert (left is None) == (right is None)
        if left is not None:
            torch.testing.assert_close(left, right, atol=tolerance, rtol=tolerance)


@every_isa
@every_decoder
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("shape", ["padded", "ragged", "with empty rows"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_compiled_code_equals_the_steps(monkeypatch, isa, name, cell, shape, dtype):
    monkeypatch.setenv("ELMAN_ISA", isa)
    for score, hidden, width in (("additive", 17, 5), ("general", 7, 18), ("dot", 33, 33)):
        targets = sources = None
        if shape != "padded":
            targets, sources = torch.tensor([2, 4, 1, 3, 4]), torch.tensor([3, 1, 6, 2, 6])
        if shape == "with empty rows":
            targets[1], sources[2:4] = 0, 0
        compare(monkeypatch, make(name, cell, score, hidden, width, dtype), 5, 4, 6, targets, sources)


@every_isa
@every_decoder
@pytest.mark.parametrize("score", FORMS)
def test_every_score(monkeypatch, isa, name, score):
    monkeypatch.setenv("ELMAN_ISA", isa)
    compare(monkeypatch, make(name, "gru", score, 20, 20, torch.float64), 7, 3, 9, sources=torch.arange(7))


@every_decoder
@settings(max_examples=25)
@given(data=st.data())
def test_any_shape(name, data):
    batch, steps, places = (data.draw(st.integers(low, high)) for low, high in ((1, 14), (2, 7), (1, 20)))
    hidden, width = (data.draw(st.one_of(st.integers(1, 40), st.sampled_from([64, 65]))) for _ in range(2))
    targets, sources = (
        torch.tensor(data.draw(st.lists(st.integers(0, most), min_size=batch, max_size=batch)))
        for most in (steps, places)
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ELMAN_ISA", data.draw(st.sampled_from(instruction_sets())))
        score, cell = data.draw(st.sampled_from(["additive", "general"])), data.draw(st.sampled_from(list(CELLS)))
        decoder = make(name, cell, score, hidden, width, torch.float64)
        compare(monkeypatch, decoder, batch, steps, places, targets, sources, 1e-9)


@every_decoder
def test_several_threads_make_the_same(monkeypatch, name):
    decoder = make(name, "gru", "additive", 64, 64, torch.float64)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        compare(monkeypatch, decoder, 40, 5, 12, torch.arange(40) % 6, torch.arange(40) % 13)
    finally:
        torch.set_num_threads(threads)


@every_decoder
def test_gradients_equal_finite_differences_from_any_state(monkeypatch, name):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    decoder, packing = make(name, "gru", "additive", 3, 4, torch.float64), Packing(3, 3, torch.tensor([2, 3, 1]))
    rows, values = torch.randn(6, E, dtype=torch.float64), torch.randn(3, 4, 4, dtype=torch.float64)
    lengths = torch.tensor([4, 2, 0])
    memory = decoder.source(Padded(values, lengths), values[:, 0])
    state = decoder.initial_state(3, memory).detach().map(torch.randn_like)

    def outputs(rows, values, *others):
        parts = iter(others)
        memory = decoder.source(Padded(values, lengths), values[:, 0])
        made = unroll(decoder, rows, packing, state.map(lambda _: next(parts)), memory)
        return made.outputs, *made.state.tensors()

    tensors = [rows, values, *state.tensors()]
    tensors = [one.clone().requires_grad_() for one in (*tensors, *decoder.parameters())]
    assert equal_finite_differences(outputs, tensors)


def test_a_row_has_the_same_bits_alone_and_among_others(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    decoder = make("luong", "gru", "additive", 40, 24, torch.float32)
    rows, values = torch.randn(7, 4, E), torch.randn(7, 5, 24)
    lengths = torch.tensor([5, 1, 3, 2, 5, 4, 0])

    def run(some):
        packing = Packing(len(some), 4)
        memory = decoder.source(Padded(values[some], lengths[some]), values[some, 0])
        with torch.no_grad():
            state = decoder.initial_state(len(some), memory).map(torch.ones_like)
            return packing.unpack(unroll(decoder, packing.pack(rows[some]), packing, state, memory).outputs)

    together = run(torch.arange(7))
    for number in range(7):
        assert torch.equal(run(torch.tensor([number]))[0], together[number])


def test_a_score_of_ones_own_is_made_step_by_step():
    class Halved(DotScore):
        def every(self, queries, keys):
            return super().every(queries, keys) / 2

    assert not Halved(4, 4).has_form
    decoder = make("luong", "gru", "dot", 4, 4, torch.float32)
    assert feeding.computes(decoder.cells[0], decoder.attention)
    decoder.attention.score = Halved(4, 4)
    assert not feeding.computes(decoder.cells[0], decoder.attention)


def test_arrays_that_do_not_fit_are_refused(monkeypatch):
    decoder = make("luong", "gru", "additive", 4, 5, torch.float32)
    taken = []
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    monkeypatch.setattr(fed, "forward", lambda *told, real=fed.forward: taken.append(told) or real(*told))
    compare(monkeypatch, decoder, 2, 3, 4)
    good, made, _ = taken[0]

    def refused(message, **changed):
        with pytest.raises(ShapeError, match=message):
            fed.forward(good._replace(**changed), made, 1)

    refused("weight_fed: got float32 \\(12, 3\\), expected float32 \\(12, 4\\)", weight_fed=good.weight_fed[:, :3])
    refused("y_first: needed by fed", y_first=None)
    looks = good.sources
    refused("lengths: got 9..9, expected 0..4", sources=looks._replace(lengths=np.array([9, 9])))
    refused("lengths: got float64 \\(2,\\), expected int64 \\(2,\\)", sources=looks._replace(lengths=np.ones(2)))
    refused("keys: got 5 numbers, expected 4, as the query", sources=looks._replace(weight_query=None))
    refused("vector: got float32 \\(2,\\)", sources=looks._replace(vector=looks.vector[:2]))
    recurrence = good.recurrence._replace(backwards=True)
    refused("fed: got gru, backwards, expected one of lstm, gru, tanh, forwards", recurrence=recurrence)
    with pytest.raises(ShapeError, match="context: got float32"):
        fed.forward(good, made._replace(context=made.context[:1]), 1)
