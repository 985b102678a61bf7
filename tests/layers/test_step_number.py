"""Attention that goes by the number of the step."""

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Padded
from elman.decoding.length_rules import SumOfLogs
from elman.decoding.search import Beam, search
from elman.errors import ConfigError
from elman.heads.softmax import SoftmaxHead
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.embedding import Embedding
from elman.layers.leading import Inputs, led
from elman.layers.packing import Packing
from elman.layers.step_number import Counted
from elman.layers.unroll import loop, unroll
from elman.steps import STEPS
from elman.steps.base import DecoderConfig

pytestmark = pytest.mark.usefixtures("float64")
E, D, H, V, START, END = 3, 5, 4, 4, 1, 1
IDS = torch.zeros(0, 0, dtype=torch.long)  # only what is copied hangs on tokens


def make(name):
    """Return a decoder that looks one place to either side of the number of its step, and sources."""
    config = DecoderConfig(hidden_size=H, decoder=name, decoder_layers=2, cell="gru", attention="local_m")
    decoder, lengths = STEPS.get(name)(E, D, config), torch.tensor([6, 2, 4])
    decoder.attention.score.width = 1
    for parameter in decoder.parameters():
        parameter.data = torch.randn_like(parameter)
    return decoder, decoder.source(Padded(torch.randn(3, 6, D), lengths), torch.randn(3, D))


@pytest.mark.parametrize("name", ["unfed", "luong", "bahdanau", "between"])
def test_the_window_moves_by_a_place_a_step_and_is_its_formula(name):
    decoder, memory = make(name)
    counted, packing = Counted(decoder), Packing(3, 5, torch.tensor([5, 4, 1]))
    rows = packing.pack(torch.randn(3, 5, E))
    made = led(counted, Inputs(IDS, rows, packing), counted.initial_state(3, memory), memory, looks=True)
    assert made.state.count.tolist() == [5, 4, 1]
    for row, (steps, length) in enumerate([(5, 6), (4, 2), (1, 4)]):
        for step in range(steps):
            weights = made.weights[row, step]
            near = [place for place in range(length) if abs(place - step) <= 1]
            assert not [place for place in range(6) if place not in near and weights[place]]
            even = weights / torch.tensor([np.exp(-2 * (place - step) ** 2) for place in range(6)])
            assert even.sum().item() == pytest.approx(float(bool(near)), abs=1e-12)  # a softmax within the window


@pytest.mark.parametrize("name", ["unfed", "luong"])
def test_a_search_counts_with_its_paths_and_scores_what_it_finds_as_reading_does(name):
    decoder, memory = make(name)
    head, embedding = SoftmaxHead(H, Tokens([str(number) for number in range(V)])), Embedding(V, E)
    for parameter in (*head.parameters(), *embedding.parameters()):
        parameter.data = torch.randn_like(parameter)
    with torch.no_grad():
        model = DecoderStepper(embedding, Counted(decoder), head, memory, (START, END))
    prefixes = [np.array([2]), np.empty(0, np.int64), np.array([3, 0])]  # as far as they go, steps are made
    for number, paths in enumerate(search(model, prefixes, np.full(3, 5), Beam(4, 3, SumOfLogs()))):
        for path in paths:
            row = np.array([[START, *path.ids, *[END] * path.ended]])
            read = model.read(row, None, model.begin(np.array([number])))
            assert -read.nats.sum() == pytest.approx(path.log_prob, abs=1e-10)


@pytest.mark.parametrize("name", ["unfed", "luong", "bahdanau", "between"])
def test_without_who_counts_nothing_is_read(name):
    decoder, memory = make(name)
    packing, rows = Packing(3, 2), torch.randn(6, E)
    message = r"LocalMScore: goes by the number of the step: got a source whose steps nobody counts, expected one of"
    for read in (unroll, loop):
        with pytest.raises(ConfigError, match=message):
            read(decoder, rows, packing, decoder.initial_state(3, memory), memory)
    with torch.no_grad(), pytest.raises(ConfigError, match=message):
        decoder.values(decoder.project(rows[:3]), decoder.initial_state(3, memory), memory)
