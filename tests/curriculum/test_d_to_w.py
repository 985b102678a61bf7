"""Curriculum rows D, F, H and W: tasks, evaluation, representations, and the decks' worked exercises."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import elman
from elman.cells.base import HiddenState, LSTMState
from elman.cells.elman import ElmanCell
from elman.cells.lstm import LSTMCell
from elman.data.outlines import Tokens
from elman.data.store import TokenStore
from elman.layers.embedding import Embedding
from elman.metrics.base import Likelihood
from elman.metrics.perplexity import Perplexity
from elman.models.base import Fitting
from elman.models.unigram import Unigram


def test_B15_D15_a_character_rnn_learns_hello(tmp_path):
    text = tmp_path / "hello.txt"
    text.write_text("hello\n" * 20)
    run = elman.train(
        "lm", str(text), valid=str(text), out=tmp_path / "run", level="character", cell="elman", hidden=16, steps=150,
        batch_size=2, dropout=0, learning_rate=0.02, threads=1,
    )  # fmt: skip
    model = elman.load(run.path)
    assert model.generate("h", length=4, temperature=0) == "hello"
    assert model.generate("hel", length=2, temperature=0) == "hello"
    assert model.evaluate(text).scores[0].value < 0.05


def told(size):
    """Return what a language model over so many tokens is told."""
    tokens = Tokens([str(number) for number in range(size)])
    return {"tokens": tokens}, {"next_token": tokens}


def test_F9_perplexity_is_the_geometric_mean_of_inverse_probabilities():
    probabilities = np.array([0.5, 0.1, 0.25])
    metric = Perplexity()
    value = metric.value(metric.statistics(Likelihood(float(-np.log(probabilities).sum()), 3)))
    assert value == pytest.approx(np.prod(1 / probabilities) ** (1 / 3), rel=1e-12)


@pytest.mark.parametrize("size", [2, 10, 10_000])
def test_F9_a_uniform_model_has_perplexity_V(size):
    stepper = Unigram(Unigram.Config(), *told(size)).stepper()
    log_probs, _ = stepper.advance(np.array([0]), stepper.begin(np.zeros(1)))
    metric = Perplexity()
    value = metric.value(metric.statistics(Likelihood(float(-log_probs[0, :2].sum()), 2)))
    assert value == pytest.approx(size, rel=1e-12)


def test_F9_counts_bring_the_perplexity_below_V():
    store = TokenStore(np.array([0, 0, 0, 1]))
    model = Unigram(Unigram.Config(delta=1e-9), *told(4))
    model.fit(store, Fitting(Path(), 0, 1, print))
    np.testing.assert_allclose(np.exp(model.weights()["log_probs"]), [0.75, 0.25, 0, 0], atol=1e-8)


def test_H1_one_hot_vector_of_word_4_of_10():
    vector = nn.functional.one_hot(torch.tensor(4 - 1), 10)  # the deck counts from 1
    assert vector.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_H2_a_window_of_ten_words_of_100000_has_a_million_units():
    window = nn.functional.one_hot(torch.arange(10), 100_000).flatten()
    assert window.shape == (1_000_000,)
    assert window.sum() == 10


def test_H5_an_embedding_is_a_matrix_whose_row_is_looked_up():
    embedding = Embedding(5, 100)
    assert embedding.weight.shape == (5, 100)
    assert torch.equal(embedding(torch.tensor([1]))[0], embedding.weight[1])


def test_H7_looking_up_equals_multiplying_with_a_one_hot_vector():
    embedding = Embedding(5, 100)
    ids = torch.tensor([[3, 1], [0, 4]])
    assert torch.equal(embedding(ids), nn.functional.one_hot(ids, 5).float() @ embedding.weight)


def test_W1_labels_of_two_words_from_a_linear_rnn():
    cell = ElmanCell(3, 2, ElmanCell.Config(activation="identity", bias=False)).double()
    cell.weight_hh.data = torch.tensor([[2.0, 0], [1, 2]], dtype=torch.float64)
    cell.weight_ih.data = torch.tensor([[2.0, 0, -1], [1, -1, 1]], dtype=torch.float64)
    v = torch.tensor([[1.0, 0], [-1, 1], [0, 3]], dtype=torch.float64)
    h1, state = cell(torch.tensor([[1.0, 0, 0]]).double(), HiddenState(torch.tensor([[1.0, -1]]).double()))
    h2, _ = cell(torch.tensor([[0.0, 0, 1]]).double(), state)
    assert h1[0].tolist() == [4, 0]
    assert h2[0].tolist() == [7, 5]
    labels = ["ADJ", "DET", "NOUN"]
    first, second = ((v @ h[0]).softmax(-1) for h in (h1, h2))
    assert [round(p, 5) for p in first.tolist()] == [0.98169, 0.00033, 0.01798]
    assert second.tolist() == pytest.approx([3.35e-4, 4.1e-8, 0.99966], rel=1e-2)
    assert [labels[first.argmax()], labels[second.argmax()]] == ["ADJ", "NOUN"]


def test_W2_forget_gate_of_an_lstm():
    cell = LSTMCell(2, 2).double()
    for parameter in cell.parameters():
        parameter.data.zero_()
    forget = slice(2, 4)
    cell.weight_ih.data[forget] = torch.tensor([[1.0, 1], [0, 1]]).double()
    cell.weight_hh.data[forget] = torch.tensor([[0.0, 0], [2, 3]]).double()
    cell.bias_ih.data[:2] = -1e3  # i = 0, so that c is what the forget gate keeps
    x, h, c = ([[1.0, 1]], [[4.0, 5]], [[1.0, 5]])
    _, state = cell(torch.tensor(x).double(), LSTMState(torch.tensor(h).double(), torch.tensor(c).double()))
    # f_2 = 1 - 3.775e-11: what 5 loses shows in the tenth place, and is no 5.
    assert state.c[0].tolist() == pytest.approx([0.8807970779778824, 5 * (1 - 3.7751345441e-11)], abs=1e-13)
    assert state.c[0, 1].item() != 5
    # The slide prints sigmoid(6) where sigmoid(24) is meant; the next line of the slide has it right.
    assert 5 * torch.sigmoid(torch.tensor(6.0)).item() == pytest.approx(4.98764, abs=1e-4)
    assert state.c[0, 1].item() != pytest.approx(4.98764, abs=1e-3)


def test_W2b_functions_act_on_each_number_of_a_vector():
    values = torch.tensor([1.0, 2.0, 0.0], dtype=torch.float64)
    assert values.sigmoid().tolist() == pytest.approx([0.731059, 0.880797, 0.5], abs=1e-6)
    assert values.tanh().tolist() == pytest.approx([0.761594, 0.964028, 0.0], abs=1e-6)
