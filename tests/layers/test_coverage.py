"""Coverage: the goldens, every decoder under it, and what a search makes of it."""

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.decoding.length_rules import SumOfLogs
from elman.decoding.search import Beam, search
from elman.decoding.stepper import Stepper
from elman.heads.softmax import SoftmaxHead
from elman.layers.attending import Attention
from elman.layers.coverage import Coverage
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.embedding import Embedding
from elman.layers.leading import Inputs, led
from elman.layers.packing import Packing
from elman.layers.unroll import loop, unroll
from elman.steps import STEPS
from elman.steps.base import DecoderConfig
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")
E, D, H, V = 3, 4, 4, 4
START = END = 1
IDS = torch.zeros(0, 0, dtype=torch.long)  # only what is copied hangs on tokens
LOOKS = [name for name in STEPS.names() if "weights" in STEPS.get(name).traces]
every_decoder = pytest.mark.parametrize("name", LOOKS)


def make(name, attention="additive", size=D):
    """Return a decoder and its coverage, with weights that are not small."""
    config = DecoderConfig(hidden_size=H, decoder=name, decoder_layers=2, cell="gru", attention=attention)
    decoder, coverage = STEPS.get(name)(E, D, config), Coverage(size, 1.0)
    for parameter in (*decoder.parameters(), *coverage.parameters()):
        parameter.data = torch.randn_like(parameter)
    return decoder, coverage


REAL = torch.ones(1, 1, dtype=torch.bool)
"""Which places are real: of no account to coverage."""


def source(decoder, lengths=(4, 2, 3)):
    values = torch.randn(len(lengths), max(lengths), D)
    return decoder.source(Padded(values, torch.tensor(lengths)), torch.randn(len(lengths), D))


def test_the_penalty_of_the_goldens():
    # G3 of the goldens of encoder-decoders: what is paid at each step is what stands in the sum before it.
    weights = torch.tensor([[[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.25, 0.5, 0.25]]])
    coverage = Coverage(1, 0.5)
    for steps, expected in enumerate([0.0, 0.8, 1.3, 2.3], 1):
        assert coverage.penalty(weights[:, :steps], REAL, steps).squares.item() == pytest.approx(expected, abs=1e-12)
    padded = torch.cat([weights, torch.zeros(1, 2, 3)], 1)
    assert coverage.penalty(padded, REAL, 4).value.item() == pytest.approx(0.5 * 0.575, abs=1e-12)


def test_the_scores_of_the_goldens():
    # G3: See et al.'s score has a bias; the normed additive score has one, with |v| as its size.
    annotations = torch.tensor([[[0.1, 0.2, -0.3, 0.4], [0.5, -0.6, 0.7, -0.8], [-0.9, 1.0, 0.2, -0.1]]])
    attention = Attention("normed_additive", 2, 4)
    score, w = attention.score, torch.tensor([0.5, -0.3])
    score.weight_query.data = torch.tensor([[0.3, -0.1], [0.2, 0.5]])
    score.weight_key.data = torch.tensor([[0.2, 0.1, -0.1, 0.3], [-0.2, 0.4, 0.1, 0.2]])
    score.bias.data, score.vector.data = torch.tensor([0.05, -0.05]), torch.tensor([1.0, 0.7])
    score.size.data = score.vector.norm()
    query, keys = torch.tensor([[0.6, -0.4]]), score.keys(annotations)
    without = [0.4160860777700279, -0.3555842030285273, 0.4344217515534635]
    assert score(query, keys)[0].tolist() == pytest.approx(without, abs=1e-10)
    covered = keys + torch.tensor([[0.7, 0.2, 0.1]])[..., None] * w
    expected = [0.5113704130237012, -0.28612162535174707, 0.46559750827183966]
    assert score(query, covered)[0].tolist() == pytest.approx(expected, abs=1e-10)


@every_decoder
@pytest.mark.parametrize("attention", ["additive", "general", "dot"])
def test_each_step_knows_where_those_before_it_looked(name, attention):
    decoder, coverage = make(name, attention)
    memory, packing = source(decoder), Packing(3, 4, torch.tensor([4, 1, 3]))
    rows, covered = packing.pack(torch.randn(3, 4, E)), coverage.over(decoder)
    made = led(covered, Inputs(IDS, rows, packing), covered.initial_state(3, memory), memory, looks=True)
    for row, length in enumerate([4, 1, 3]):  # one source alone, one step after another
        one = memory.select(torch.tensor([row])).spread()
        state, total, inputs = decoder.initial_state(1, one), torch.zeros(1, 4), packing.unpack(rows)[row]
        for step in range(length):
            known = one._replace(keys=one.keys + total[..., None] * coverage.weight)
            values = decoder.values(decoder.project(inputs[step : step + 1]), state, known)
            torch.testing.assert_close(made.hidden[row, step], values["y"][0], atol=1e-12, rtol=0)
            torch.testing.assert_close(made.weights[row, step], values["weights"][0], atol=1e-12, rtol=0)
            state, total = state.filled(values), total + values["weights"]
        torch.testing.assert_close(made.state.coverage[row], total[0], atol=1e-12, rtol=0)


@every_decoder
def test_a_weight_of_0_changes_nothing(name):
    decoder, coverage = make(name)
    coverage.reset_parameters(torch.Generator())
    assert not coverage.learned
    memory, packing = source(decoder), Packing(3, 3)
    rows, covered = torch.randn(9, E), coverage.over(decoder)
    found = loop(covered, rows, packing, covered.initial_state(3, memory), memory)
    plain = unroll(decoder, rows, packing, decoder.initial_state(3, memory), memory)
    torch.testing.assert_close(found.outputs, plain.outputs, atol=1e-12, rtol=0)


@every_decoder
def test_gradients_equal_finite_differences(name):
    decoder, coverage = make(name)
    packing, lengths = Packing(2, 3, torch.tensor([3, 2])), torch.tensor([3, 1])
    given, parameters = (torch.randn(5, E), torch.randn(2, 3, D)), [*decoder.parameters(), *coverage.parameters()]

    def loss(rows, values, *_):
        memory = decoder.source(Padded(values, lengths), values[:, 0])
        covered = coverage.over(decoder)
        state = covered.initial_state(2, memory)
        state = state._replace(coverage=torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.0, 0.0]]))
        made = led(covered, Inputs(IDS, rows, packing), state, memory, looks=True)
        return made.hidden, coverage.penalty(made.weights, REAL, 5).value

    assert equal_finite_differences(loss, [one.requires_grad_() for one in (*given, *parameters)])


@every_decoder
def test_a_search_reorders_it_and_scores_what_it_finds_as_reading_does(name):
    decoder, coverage = make(name)
    head, embedding = SoftmaxHead(H, Tokens([str(number) for number in range(V)])), Embedding(V, E)
    for parameter in (*head.parameters(), *embedding.parameters()):
        parameter.data = torch.randn_like(parameter)
    with torch.no_grad():
        memory = source(decoder)
        model = DecoderStepper(embedding, coverage.over(decoder), head, memory, (START, END))
    nothing, inputs = np.empty(0, np.int64), np.arange(3)
    found = search(model, [nothing] * 3, np.full(3, 6), Beam(4, 3, SumOfLogs()))
    for number, paths in enumerate(found):
        alone = DecoderStepper(embedding, coverage.over(decoder), head,
                               memory.select(torch.tensor([number])).spread(), (START, END))  # fmt: skip
        [same] = search(alone, [nothing], np.array([6]), Beam(4, 3, SumOfLogs()))
        for path, again in zip(paths, same, strict=True):
            assert path.ids == again.ids
            row = np.array([[START, *path.ids, *[END] * path.ended]])
            read = model.read(row, None, model.begin(inputs[[number]]))
            assert -read.nats.sum() == pytest.approx(path.log_prob, abs=1e-10)
            each = Stepper.read(model, row, None, model.begin(inputs[[number]]))
            assert each.nats.sum() == pytest.approx(read.nats.sum(), abs=1e-10)
