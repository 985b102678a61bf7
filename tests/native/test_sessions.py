"""Single steps in compiled code against the network, and drawing against the sampler in Python."""

import copy
import itertools
import os
import pickle
import threading

import numpy as np
import pytest
import torch

import elman
from elman.cells import CELLS
from elman.data.outlines import Tokens
from elman.decoding.choice import Banned, Choice
from elman.decoding.sampling import sample
from elman.errors import KernelError, ShapeError, TrainingError
from elman.layers.network_stepper import NetworkStepper
from elman.layers.packed_stepper import PackedStepper
from elman.layers.packing import Packing
from elman.layers.unroll import loop
from elman.models.rnn_lm import RnnLM
from elman.native import instruction_sets, module
from elman.native.sessions import LayerWeights, PackedModel, StepSession

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
every_isa = pytest.mark.parametrize("isa", instruction_sets())
KINDS = ["lstm", "peephole_lstm", "coupled_lstm", "gru", "elman"]


@pytest.fixture(autouse=True)
def _draws():
    torch.manual_seed(5)


def network(tokens=9, dtype=torch.float64, **options):
    config = {"hidden_size": 21, "embedding_size": 6, "num_layers": 2, "dropout": 0.3, **options}
    told = Tokens([str(number) for number in range(tokens)])
    model = RnnLM(RnnLM.Config(**config), {"tokens": told}, {"next_token": told}).to(dtype)
    for parameter in model.parameters():
        parameter.data.uniform_(-0.7, 0.7)
    return model


def in_torch(model):
    return NetworkStepper(model.layers, 0)


def rows(count):
    return np.zeros(count, np.int64)


def numpy(tensor):
    return None if tensor is None else tensor.detach().contiguous().numpy()


@every_isa
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("batch", "hidden"), [(1, 5), (3, 16), (7, 33), (1, 130)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_steps_equal_the_cells(monkeypatch, isa, kind, batch, hidden, dtype, bias):
    monkeypatch.setenv("ELMAN_ISA", isa)
    cell_type = CELLS.get(kind)
    cells = [cell_type(width, hidden, cell_type.Config(bias=bias)).to(dtype) for width in (4, hidden)]
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ch")
    layers = [LayerWeights(cell.kernel(), *(numpy(getattr(cell, name, None)) for name in names)) for cell in cells]
    for threads in (1, 2):
        session = StepSession(PackedModel(layers, threads=threads), batch)
        states = [cell.initial_state(batch).map(torch.randn_like) for cell in cells]
        session.state = np.concatenate([part.numpy() for state in states for part in state.tensors()], axis=1)
        for _ in range(3):
            x = torch.randn(batch, 4, dtype=dtype)
            session.input[:] = x.numpy()
            session.step()
            with torch.no_grad():
                for layer, cell in enumerate(cells):
                    x, states[layer] = cell(x, states[layer])
        expected = np.concatenate([part.numpy() for state in states for part in state.tensors()], axis=1)
        np.testing.assert_allclose(session.state, expected, atol=1e-12 if dtype == torch.float64 else 2e-6)


@pytest.mark.parametrize("options", [
    {},
    {"cell": "gru", "num_layers": 3},
    {"cell": "elman", "cell_options": {"activation": "relu"}},
    {"tied": True},
    {"embedding_size": 30},
    {"initial_state": "learned"},
    {"head": "adaptive_softmax", "head_options": {"cutoffs": [3, 6]}},
    {"regularization": {"zoneout": 0.2, "zoneout_memory": 0.4}},
], ids=str)  # fmt: skip
def test_a_language_model_reads_as_the_network_does(options):
    model = network(**options)
    steps, plain = model.stepper(), in_torch(model)
    assert isinstance(steps, PackedStepper)
    state, theirs = steps.begin(rows(3)), plain.begin(rows(3))
    for ids in np.random.default_rng(0).integers(0, 9, (5, 3)):
        found, state = steps.advance(ids, state)
        expected, theirs = plain.advance(ids, theirs)
        np.testing.assert_allclose(found, expected, atol=1e-12)
    picked, _ = steps.advance(np.array([1, 2]), steps.select(state, np.array([2, 0])))
    expected, _ = plain.advance(np.array([1, 2]), plain.select(theirs, np.array([2, 0])))
    np.testing.assert_allclose(picked, expected, atol=1e-12)
    text = np.random.default_rng(1).integers(0, 9, (3, 150))
    read, expected = steps.read(text, None, state), plain.read(text, None, theirs)
    np.testing.assert_allclose(read.nats, expected.nats, atol=1e-10)
    found, _ = steps.advance(text[:, -1], read.state)
    np.testing.assert_allclose(found, plain.advance(text[:, -1], expected.state)[0], atol=1e-10)


@pytest.mark.parametrize("tokens", [9, 50])
@pytest.mark.parametrize("choice", [
    Choice(), Choice(0.5), Choice(0), Choice(top_k=3), Choice(top_p=0.7), Choice(1.3, 5, 0.9), Choice(2.0, 1)
], ids=str)  # fmt: skip
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_draws_the_same_tokens(monkeypatch, tokens, choice, threads):
    monkeypatch.setattr("torch.get_num_threads", lambda: threads)
    model = network(tokens, hidden_size=200)
    for seed, excluded in ((1, []), (2, [0, 4])):
        ours = sample(model.stepper(), np.array([3, 1]), choice, seed, Banned(excluded))
        theirs = sample(in_torch(model), np.array([3, 1]), choice, seed, Banned(excluded))
        assert list(itertools.islice(ours, 50)) == list(itertools.islice(theirs, 50))


def test_states_come_and_go_between_chunks():
    steps = network().stepper()
    uniforms = np.random.default_rng(0).random((1, 20))
    whole, end = steps.draw(np.array([1]), steps.begin(rows(1)), Choice(), uniforms)
    first, state = steps.draw(np.array([1]), steps.begin(rows(1)), Choice(), uniforms[:, :7])
    steps.draw(np.array([2]), steps.begin(rows(1)), Choice(), uniforms)
    second, state = steps.draw(first[:, -1], state, Choice(), uniforms[:, 7:])
    assert whole.tolist() == np.hstack([first, second]).tolist()
    assert np.array_equal(end, state)


def test_many_rows_are_drawn_as_one_by_one():
    steps = network().stepper()
    ids, uniforms = np.array([1, 5, 2]), np.random.default_rng(0).random((3, 20))
    together, end = steps.draw(ids, steps.begin(rows(3)), Choice(), uniforms, Banned([4]))
    for row in range(3):
        one = slice(row, row + 1)
        alone, state = steps.draw(ids[one], steps.begin(rows(1)), Choice(), uniforms[one], Banned([4]))
        assert np.array_equal(alone[0], together[row])
        np.testing.assert_allclose(state[0], end[row], atol=1e-12)


@pytest.mark.parametrize("options", [
    {"connections": "residual"},
    {"readout_layers": 1},
    {"cell": "mgu"},
    {"cell": "gru", "cell_options": {"reset": "before"}},
    {"cell": "layer_norm_lstm"},
], ids=str)  # fmt: skip
def test_what_is_not_compiled_is_left_to_the_network(options):
    assert isinstance(network(**options).stepper(), NetworkStepper)


def test_the_reference_mode_takes_the_network(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    assert isinstance(network().stepper(), NetworkStepper)


def test_sessions_refuse_what_they_cannot_do():
    cell = CELLS.get("lstm")(4, 5)
    layer = LayerWeights("lstm", *(numpy(p) for p in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)))
    session = StepSession(PackedModel([layer]))
    with pytest.raises(KernelError, match="no embedding: fill `input` and call `step`"):
        session.advance(np.array([1]))
    with pytest.raises(KernelError, match="drawing needs an embedding, a head over the same tokens, and one"):
        session.draw(0, np.zeros(3), 1.0, 0, 1.0, np.array([], dtype=np.int64))
    table = np.zeros((3, 4), np.float32)
    reading = StepSession(PackedModel([layer], table))
    with pytest.raises(ShapeError, match=r"token: got \[3\], expected 0\.\.2"):
        reading.advance(np.array([3]))
    for token in (2.9, np.nan):
        with pytest.raises(ShapeError, match="token: got float64, expected whole numbers"):
            reading.advance(np.array([token]))
    reading.advance(np.array([2], np.uint8))
    with pytest.raises(ShapeError, match=r"got tokens \(2,\), expected \(1,\)"):
        reading.advance(np.array([1, 2]))
    with pytest.raises(KernelError, match="reads tokens: call `advance`"):
        reading.step()
    with pytest.raises(ShapeError, match=r"got a state \(1, 1\), expected \(1, 10\)"):
        session.state = np.zeros((1, 1))
    with pytest.raises(ShapeError, match="got 0 sequences, expected at least 1"):
        StepSession(PackedModel([layer]), 0)
    with pytest.raises(ShapeError, match=r"weight_ih: got float32 \(20, 4\), expected float32 \(20, 5\)"):
        PackedModel([layer, layer])
    with pytest.raises(ShapeError, match=r"weight_ih: got float32 \(20, 4\), expected float32 \(15, 4\)"):
        PackedModel([layer._replace(kind="gru")])
    with pytest.raises(ShapeError, match=r"head: got \(3, 4\) and \(3,\), expected \(3, 5\) and \(3,\)"):
        PackedModel([layer], table, (np.zeros((3, 4), np.float32), np.zeros(3, np.float32)))
    with pytest.raises(ShapeError, match="bias_ih and bias_hh: got one of them, expected both or neither"):
        PackedModel([layer._replace(bias_hh=None)])
    with pytest.raises(KernelError, match="layer_norm_lstm has no compiled single step"):
        PackedModel([layer._replace(kind="layer_norm_lstm")])
    with pytest.raises(KernelError, match="kind: got 'lsmt', expected one of lstm"):
        PackedModel([layer._replace(kind="lsmt")])
    drawing = StepSession(PackedModel([layer], table, (np.zeros((3, 5), np.float32), np.zeros(3, np.float32))))
    for token, excluded in ((5, []), (0, [-1]), (0, [3])):
        with pytest.raises(ShapeError, match=r"expected 0\.\.2"):
            drawing.draw(token, np.zeros(3), excluded=excluded)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_model_that_predicts_no_numbers_is_told_of(compiled, number):
    model = network()
    model.head.bias.data[3] = float(number)
    steps = model.stepper() if compiled else in_torch(model)
    with pytest.raises(TrainingError, match=r"predicts no numbers \(NaN\): its training went astray"):
        next(sample(steps, np.array([1]), Choice(), 0, Banned([0])))


def test_a_copy_packs_its_weights_anew():
    steps = network().stepper()
    expected = steps.advance(np.array([1]), steps.begin(rows(1)))[0]
    for copied in (copy.deepcopy(steps), pickle.loads(pickle.dumps(steps))):
        assert np.array_equal(copied.advance(np.array([1]), copied.begin(rows(1)))[0], expected)


def test_threads_of_python_do_not_mix_their_states():
    steps = network(hidden_size=64).stepper()
    tokens = np.arange(9)
    expected = {int(i): steps.advance(tokens[i : i + 1], steps.begin(rows(1)))[0] for i in tokens}
    wrong = []

    def work(first):
        for i in [*range(first, 9), *range(first)] * 60:
            if not np.array_equal(steps.advance(tokens[i : i + 1], steps.begin(rows(1)))[0], expected[i]):
                wrong.append(i)

    workers = [threading.Thread(target=work, args=(first,)) for first in (0, 2, 4, 6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_a_cell_of_ones_own_is_not_taken_for_its_parent():
    model = network()
    parent = type(model.recurrent.layers[0])
    model.recurrent.layers[0].__class__ = type(
        "Own", (parent,), {"values": lambda self, *given: parent.values(self, *given)}
    )
    assert isinstance(model.stepper(), NetworkStepper)


def test_a_predictor_that_was_used_can_be_copied(small_run):
    predictor = elman.load(small_run)
    text = predictor.generate("a", 20)
    assert copy.deepcopy(predictor).generate("a", 20) == text
    assert pickle.loads(pickle.dumps(predictor)).generate("a", 20) == text


def test_a_step_of_the_loop_is_the_step_of_a_session():
    cell = CELLS.get("gru")(4, 5).double()
    rows = torch.randn(6, 4, dtype=torch.float64)
    output = loop(cell, rows, Packing(1, 6), cell.initial_state(1)).outputs
    layer = LayerWeights("gru", *(numpy(p) for p in (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)))
    session = StepSession(PackedModel([layer]))
    for row, expected in zip(rows, output, strict=True):
        session.input[:] = row.numpy()
        session.step()
        np.testing.assert_allclose(session.state[0], numpy(expected), atol=1e-12)
