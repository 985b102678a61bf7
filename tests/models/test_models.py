"""Models: what their options mean, and weights that do not fit."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.store import TokenStore
from elman.decoding.search import Beam, search
from elman.errors import CheckpointError
from elman.layers.network_stepper import NetworkStepper
from elman.layers.packed_stepper import PackedStepper
from elman.models.base import Fitting
from elman.models.rnn_lm import RnnLM
from elman.models.unigram import Unigram
from tests.decoding.toys import told_apart

TOKENS = Tokens([chr(97 + number) for number in range(11)])
TOLD = ({"tokens": TOKENS}, {"next_token": TOKENS})


def test_the_embedding_is_as_wide_as_the_smaller_of_V_and_H():
    assert RnnLM(RnnLM.Config(hidden_size=8), *TOLD).embedding.weight.shape == (11, 8)
    assert RnnLM(RnnLM.Config(hidden_size=50), *TOLD).embedding.weight.shape == (11, 11)
    assert RnnLM(RnnLM.Config(embedding_size=5), *TOLD).embedding.weight.shape == (11, 5)


def test_cells_take_their_options_from_the_configuration():
    model = RnnLM(RnnLM.Config(cell="elman", cell_options={"activation": "relu"}, num_layers=2, hidden_size=4), *TOLD)
    assert [cell.config.activation for cell in model.recurrent.layers] == ["relu", "relu"]


def test_next_token_probabilities_agree_with_the_likelihood_of_a_sequence():
    model = RnnLM(RnnLM.Config(hidden_size=6, num_layers=2), *TOLD).double()
    ids = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])
    network, packed = NetworkStepper(model.layers, 0), model.stepper()
    before = network.begin(np.arange(2)).map(torch.randn_like)
    read = network.read(ids, None, before)
    state = before
    for t in range(4):
        log_probs, state = network.advance(ids[:, t], state)
        np.testing.assert_allclose(-log_probs[[0, 1], ids[:, t + 1]], read.nats[:, t], atol=1e-10)
    if not isinstance(packed, PackedStepper):
        return  # without compiled code the network is all there is
    flat = np.concatenate([part.numpy() for part in before.tensors()], axis=1)
    np.testing.assert_allclose(packed.read(ids, None, flat).nats, read.nats, atol=1e-10)
    kept = packed.read(ids, None, flat, keep=("hidden",))
    np.testing.assert_allclose(kept.nats, read.nats, atol=1e-10)
    assert kept.kept["hidden"].shape == (2, 4, 6)


@pytest.mark.parametrize("kind", ["network", "packed", "packed at length", "unigram"])
def test_rows_of_different_lengths_read_as_each_alone(kind):
    model = RnnLM(RnnLM.Config(hidden_size=6, num_layers=2), *TOLD).double()
    stepper = {"network": NetworkStepper(model.layers, 0), "unigram": Unigram(Unigram.Config(), *TOLD).stepper()}.get(
        kind, model.stepper()
    )
    ids = np.random.default_rng(0).integers(0, 11, (3, 200 if "length" in kind else 7))
    lengths = np.array([3, 1, ids.shape[1]])
    read = stepper.read(ids, lengths, stepper.begin(np.arange(3)))
    for row, length in enumerate(lengths.tolist()):
        alone = stepper.read(ids[row : row + 1, :length], None, stepper.begin(np.zeros(1, np.int64)))
        np.testing.assert_allclose(read.nats[row, : length - 1], alone.nats[0], atol=1e-10)
        assert (read.nats[row, length - 1 :] == 0).all()
        pending = ids[row, length - 1 : length]
        found, _ = stepper.advance(pending, stepper.select(read.state, np.array([row])))
        np.testing.assert_allclose(found, stepper.advance(pending, alone.state)[0], atol=1e-10)


@pytest.mark.parametrize("kind", ["network", "packed", "unigram"])
@pytest.mark.parametrize("rows", [5, 30])
def test_some_tokens_behind_rows_cost_what_they_cost_among_all(kind, rows):
    model = RnnLM(RnnLM.Config(hidden_size=6, num_layers=2), *TOLD).double()
    unigram = Unigram(Unigram.Config(), *TOLD)
    steppers = {"network": NetworkStepper(model.layers, 0), "packed": model.stepper(), "unigram": unigram.stepper()}
    told_apart(steppers[kind], rows, np.arange(11))


def test_a_search_finds_the_likeliest_text_of_all():
    three = Tokens(["a", "b", "c"])
    model = RnnLM(RnnLM.Config(hidden_size=6), {"tokens": three}, {"next_token": three}).double()
    for parameter in model.parameters():
        parameter.data.mul_(4)
    every = np.array(list(itertools.product(range(3), repeat=5)))
    for stepper in (model.stepper(), NetworkStepper(model.layers, 0)):
        [found] = search(stepper, [np.empty(0, np.int64)], np.array([5]), Beam(3**5, 4))
        ids = np.column_stack([np.zeros(len(every), np.int64), every])
        scores = -stepper.read(ids, None, stepper.begin(np.arange(len(every)))).nats.sum(1)
        best = np.argsort(-scores)[:4]
        assert [one.ids for one in found] == every[best].tolist()
        assert [one.score for one in found] == pytest.approx(scores[best].tolist(), abs=1e-9)


def test_selecting_and_joining_rows_of_a_state():
    model = RnnLM(RnnLM.Config(hidden_size=6), *TOLD)
    network = NetworkStepper(model.layers, 0)
    state = network.begin(np.arange(3)).map(torch.randn_like)
    chosen = network.select(state, np.array([2, 0]))
    assert torch.equal(chosen[0].h, state[0].h[[2, 0]])
    assert torch.equal(network.join([chosen, state])[0].c, state[0].c[[2, 0, 0, 1, 2]])
    unigram = Unigram(Unigram.Config(), *TOLD).stepper()
    assert len(unigram.select(unigram.begin(np.arange(3)), np.array([1]))) == 1


def test_weights_that_do_not_fit_are_named():
    model = RnnLM(RnnLM.Config(hidden_size=6), *TOLD)
    weights = {name: array.copy() for name, array in model.weights().items()}
    with pytest.raises(CheckpointError, match=r"the file has no weight 'embedding\.weight': it was made for another"):
        model.load_weights({name: array for name, array in weights.items() if name != "embedding.weight"})
    with pytest.raises(CheckpointError, match="the file has an unknown weight 'extra'"):
        model.load_weights({**weights, "extra": np.zeros(1)})
    with pytest.raises(CheckpointError, match=r"weight 'embedding\.weight': got shape \(2, 2\), expected \(11, 6\)\."):
        model.load_weights({**weights, "embedding.weight": np.zeros((2, 2), np.float32)})
    with pytest.raises(CheckpointError, match=r"the unigram model has no log_probs of shape \(11,\)\."):
        Unigram(Unigram.Config(), *TOLD).load_weights({})


def test_a_unigram_is_its_smoothed_counts():
    three = Tokens(["a", "b", "c"])
    model = Unigram(Unigram.Config(delta=0.5), {"tokens": three}, {"next_token": three})
    model.fit(TokenStore(np.array([0, 0, 1])), Fitting(Path(), 0, 1, print))
    np.testing.assert_allclose(np.exp(model.weights()["log_probs"]), [2.5 / 4.5, 1.5 / 4.5, 0.5 / 4.5])
