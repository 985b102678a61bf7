"""Rows F2-F8, the perplexity table: each has a recipe of its kind. What the kinds compute is tested elsewhere."""

import tomllib
from pathlib import Path

import pytest

from elman.config import Settings
from elman.runs.configuration import RunConfig

RECIPES = Path(__file__).parent.parent.parent / "configs" / "lm" / "novels"


def recipe(name):
    """Return the model of a recipe, whole and valid."""
    tree = tomllib.loads((RECIPES / f"{name}.toml").read_text(encoding="utf-8"))
    return RunConfig.resolve(Settings({**tree, "data": {"train": ["x"]}})).model


def test_F2_a_recurrent_network_and_n_gram_features_share_a_softmax():
    model = recipe("rnn_maxent")
    assert (model.name, model.cell, model.head) == ("rnn_maxent", "elman", "maxent_softmax")
    assert model.head_options["order"] == 5


def test_F3_blackout_draws_words_by_a_power_of_how_often_they_occur():
    model = recipe("rnn_blackout")
    assert (model.cell, model.head, model.head_options["exponent"]) == ("elman", "blackout", 0.4)


def test_F4_the_sparse_non_negative_matrix_has_skip_grams_and_is_no_factorization():
    model = recipe("snm5_skip")
    assert (model.name, model.order, model.skips) == ("snm", 5, 3)
    assert recipe("snm5").skips == 0


def test_F5_the_lstm_has_a_projection_and_importance_sampling():
    model = recipe("lstm_projected")
    assert (model.cell, model.num_layers, model.head) == ("projected_lstm", 1, "sampled_softmax")
    assert model.cell_options["projection"] < model.hidden_size


def test_F6_the_largest_reads_words_by_their_characters():
    model = recipe("lstm_spelled")
    assert (model.cell, model.num_layers, model.spelling.widths) == ("projected_lstm", 2, [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(("name", "layers"), [("lstm_small", 1), ("lstm_large", 2)])
def test_F7_F8_one_and_two_layers_have_an_adaptive_softmax(name, layers):
    model = recipe(name)
    assert (model.cell, model.num_layers, model.head) == ("lstm", layers, "adaptive_softmax")
