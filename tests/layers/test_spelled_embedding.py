"""Words by their characters: the formula, and that nothing but the word itself decides its vector."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import elman
from elman.config import Settings
from elman.data.outlines import Tokens
from elman.errors import ConfigError
from elman.layers.spelled_embedding import SpelledEmbedding, SpellingConfig
from elman.models.rnn_lm import RnnLM
from elman.moment import Noise
from elman.runs.best import best_of
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from elman.training.optimizers import Optimizer
from tests.gradients import equal_finite_differences

GOLDEN = json.loads((Path(__file__).parent / "golden_spelling.json").read_text())
WORDS = ["<unk>", "<eos>", "a", "ab", "baa", "b", "abab", "aabbab"]

pytestmark = pytest.mark.usefixtures("float64")


def make(words=WORDS, **options):
    torch.manual_seed(3)
    embedding = SpelledEmbedding(words, SpellingConfig(**{"widths": [1, 2, 3], "maps": 2, **options}))
    for parameter in embedding.parameters():
        parameter.data += torch.randn_like(parameter)
    return embedding


def golden():
    """Return the embedding of the golden, over the words `ab` and `a`."""
    options = {"widths": [2, 3], "maps": 1, "character_embedding_size": 2}
    embedding = SpelledEmbedding(["ab", "a"], SpellingConfig(**options))
    vectors = GOLDEN["vectors"]
    # Ids: nothing, start, end, then the characters as they are sorted.
    embedding.characters.data = torch.tensor([[9.0, 9.0], *(vectors[symbol] for symbol in "{}ab")])
    embedding.filters = torch.nn.ParameterList(
        torch.tensor(GOLDEN[f"filters_width{width}"]).flatten(1) for width in (2, 3)
    )
    embedding.filter_bias.data = torch.tensor(GOLDEN["bias2"] + GOLDEN["bias3"])
    return embedding


def test_filters_and_highway_are_those_of_the_golden():
    embedding = golden()
    embedding.highways, both = torch.nn.ParameterList(), embedding.highway_bias
    embedding.highway_bias = torch.nn.Parameter(both[:0])
    found = embedding.spelled(torch.tensor([0, 1]))
    np.testing.assert_allclose(found[0].detach(), GOLDEN["{ab}"], atol=1e-12)
    np.testing.assert_allclose(found[1].detach(), GOLDEN["{a}"], atol=1e-12)
    embedding.highways = torch.nn.ParameterList(
        [torch.cat([torch.tensor(GOLDEN["highway_Wt"]), torch.tensor(GOLDEN["highway_Wh"])])]
    )
    embedding.highway_bias = torch.nn.Parameter(torch.tensor([[-2.0] * 3 + [0.0] * 3]))
    np.testing.assert_allclose(embedding.spelled(torch.tensor([0]))[0].detach(), GOLDEN["highway_of_{ab}"], atol=1e-12)


def test_what_else_is_in_a_batch_does_not_matter():
    embedding = make()
    together = embedding.spelled(torch.arange(len(WORDS)))
    for number in range(len(WORDS)):
        torch.testing.assert_close(embedding.spelled(torch.tensor([number]))[0], together[number], atol=1e-14, rtol=0)


def test_no_words_have_no_vectors():
    embedding = make()
    found = embedding.spelled(torch.arange(0))
    assert found.shape == (0, embedding.output_size)
    found.sum().backward()
    assert embedding.filter_bias.grad.eq(0).all()


def test_what_else_is_in_the_vocabulary_does_not_matter_to_a_word():
    short, long = make(), make([*WORDS, "ab" * 20])
    torch.testing.assert_close(short.weight, long.weight[: len(WORDS)], atol=1e-14, rtol=0)


def test_a_word_shorter_than_a_filter_sees_zeros_and_not_nothing():
    embedding = make(widths=[1, 6])
    assert embedding.weight.isfinite().all()
    embedding.characters.data[0] += 7.0  # the id of nothing is never seen
    found = make(widths=[1, 6]).weight
    torch.testing.assert_close(embedding.weight, found, atol=1e-14, rtol=0)


def test_tokens_in_angle_brackets_are_one_character():
    embedding = make()
    assert embedding.lengths.tolist() == [3, 3, 3, 4, 5, 3, 6, 8]
    assert len(embedding.characters) == 3 + 4


def test_the_table_is_made_anew_when_the_parameters_change():
    embedding = make()
    first = embedding.weight
    assert embedding.weight is first
    with torch.no_grad():
        embedding.characters += 0.1
    assert not torch.equal(embedding.weight, first)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adagrad", "adam", "adamw"])
def test_the_table_follows_every_rule_of_updates(optimizer):
    embedding = make()
    rule = Optimizer(TrainingConfig(optimizer=optimizer), embedding)
    first = embedding.weight.clone()
    embedding(torch.arange(len(WORDS))).square().sum().backward()
    rule.step(0.1)
    assert not torch.equal(embedding.weight, first)
    torch.testing.assert_close(embedding.weight, embedding.spelled(torch.arange(len(WORDS))), atol=1e-12, rtol=0)


def test_the_best_validation_of_a_run_is_what_it_scores_afterwards(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)
    settings = {"model.spelling.widths": [1, 2], "training.validate_every": 10, "task.bptt": 8}
    options = {"hidden": 16, "level": "word", "threads": 1, "learning_rate": 0.02, "settings": settings}
    elman.train("lm", str(text_file), valid=str(text_file), out=tmp_path / "run", steps=40, **options)
    best = best_of(list(read_events(RunFolder(tmp_path / "run").metrics_path)))
    assert elman.load(tmp_path / "run").evaluate(str(text_file)).scores[0].value == pytest.approx(
        best["value"], rel=1e-5
    )


def test_options_of_filters_mean_nothing_without_filters():
    with pytest.raises(ConfigError, match=r"maps: means nothing without widths, the filters that read a word's char"):
        Settings({"model": {"spelling": {"maps": 50}}}).build("model", RnnLM.Config)


def test_training_and_evaluation_give_the_same_vectors():
    embedding, ids = make(), torch.tensor([[2, 3, 2], [7, 0, 2]])
    learned = embedding(ids)
    assert learned.requires_grad
    with torch.no_grad():
        torch.testing.assert_close(embedding(ids), learned, atol=1e-14, rtol=0)


def test_gradients_equal_finite_differences():
    embedding, ids = make(maps=1, character_embedding_size=2), torch.tensor([[2, 3, 2], [7, 0, 4]])
    names, values = zip(*embedding.named_parameters(), strict=True)

    def function(*parameters):
        return torch.func.functional_call(embedding, dict(zip(names, parameters, strict=True)), (ids,))

    assert equal_finite_differences(function, values)


def test_whole_words_are_dropped():
    embedding = make()
    embedding.dropout = 0.5
    ids = torch.tensor([[2, 3, 4, 5, 6, 7, 2, 3]])
    found, plain = embedding(ids, Noise(1, 0))[0], embedding(ids)[0]
    dropped = (found == 0).all(1)
    assert 0 < int(dropped.sum()) < 8
    assert torch.equal(found[0] == 0, found[6] == 0)  # the same word is dropped everywhere
    torch.testing.assert_close(found[~dropped], 2 * plain[~dropped], atol=1e-14, rtol=0)


@pytest.mark.parametrize(("option", "value"), [("tied", True), ("embedding_size", 7)])
def test_options_of_a_table_mean_nothing_where_there_is_none(option, value):
    message = rf"{option}: means nothing where words are spelled, which have no table\. Leave it out"
    with pytest.raises(ConfigError, match=message):
        Settings({"model": {"spelling": {"widths": [1, 2]}, option: value}}).build("model", RnnLM.Config)


@pytest.mark.parametrize("widths", [[2, 1], [1, 1], [0, 1]])
def test_widths_rise(widths):
    with pytest.raises(ConfigError, match=r"widths: got .*, expected numbers from 1 to 100 that rise"):
        Settings({"model": {"spelling": {"widths": widths}}}).build("model", RnnLM.Config)


def test_a_language_model_learns_resumes_and_writes(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)
    settings = {"model.spelling.widths": [1, 2, 3], "model.spelling.maps": 4, "task.bptt": 8}
    settings |= {"training.schedule": "constant", "training.validate_every": 20}
    options = {"hidden": 16, "level": "word", "threads": 1, "learning_rate": 0.02, "settings": settings}
    elman.train("lm", str(text_file), out=tmp_path / "whole", steps=40, **options)
    elman.train("lm", str(text_file), out=tmp_path / "parts", steps=20, **options)
    elman.resume(tmp_path / "parts", steps=40)
    whole, parts = (elman.load(tmp_path / name) for name in ("whole", "parts"))
    assert whole.evaluate(str(text_file)).scores[1].value < 8
    assert whole.generate("anna", length=5, seed=1)
    assert all(np.array_equal(value, parts.model.weights()[name]) for name, value in whole.model.weights().items())


def test_the_model_spells_what_its_outline_names():
    tokens = Tokens(WORDS)
    model = RnnLM(RnnLM.Config(hidden_size=4, spelling={"widths": [1, 2]}), {"tokens": tokens}, {"next_token": tokens})
    assert isinstance(model.embedding, SpelledEmbedding)
    assert model.embedding.output_size == 25 + 50


def test_of_a_very_long_word_the_beginning_is_read():
    words = [*WORDS, "ab" * 500, "abababb"]
    embedding, short = make(words, longest=6), make([*WORDS, "ababab"], longest=6)
    assert embedding.letters.shape[1] == 8
    assert embedding.cut == 2
    assert torch.equal(embedding.weight[len(WORDS)], embedding.weight[len(WORDS) + 1])
    short.load_state_dict(embedding.state_dict())
    assert torch.equal(embedding.weight[: len(WORDS) + 1], short.weight)
    tokens = Tokens(words)
    spelling = {"widths": [1, 2], "longest": 6}
    model = RnnLM(RnnLM.Config(hidden_size=4, spelling=spelling), {"tokens": tokens}, {"next_token": tokens})
    assert model.foreseen([]) == {"spelling": "of 2 words the first 6 characters are read"}
    model = RnnLM(RnnLM.Config(hidden_size=4, spelling={"widths": [1]}), {"tokens": tokens}, {"next_token": tokens})
    assert model.embedding.letters.shape[1] == 65 + 2
    assert model.foreseen([]) == {"spelling": "of 1 word the first 65 characters are read"}
    model = RnnLM(RnnLM.Config(hidden_size=4), {"tokens": tokens}, {"next_token": tokens})
    assert model.foreseen([]) == {}
