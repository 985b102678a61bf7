"""The feed-forward language model sees n - 1 words, whatever they are cut into."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import elman
from elman.config import Settings
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.models.window_lm import WindowLM
from tests.gradients import equal_finite_differences

GOLDEN = json.loads((Path(__file__).parent / "golden_window_lm.json").read_text())
V = 7

pytestmark = pytest.mark.usefixtures("float64")


def make(size=V, **options):
    torch.manual_seed(2)
    tokens = Tokens([str(number) for number in range(size)], np.arange(size, 0, -1), {"start": 0})
    config = WindowLM.Config(**{"order": 4, "embedding_size": 3, "hidden_size": 5, **options})
    model = WindowLM(config, {"tokens": tokens}, {"next_token": tokens})
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    return model


@pytest.mark.parametrize(("direct", "key"), [(True, "log_probs"), (False, "without_W")])
def test_D24_it_is_the_golden(direct, key):
    model = make(4, order=3, embedding_size=2, hidden_size=2, direct=direct)

    def oldest_first(matrix):
        nearest, other = np.array(matrix)[:, :2], np.array(matrix)[:, 2:]
        return torch.tensor(np.concatenate([other, nearest], 1))

    model.embedding.weight.data = torch.tensor(GOLDEN["C"])
    model.window.weight.data = oldest_first(GOLDEN["H"])
    model.window.bias.data = torch.tensor(GOLDEN["d"])
    direct_part = [oldest_first(GOLDEN["W"])] if direct else []
    model.head.weight.data = torch.cat([*direct_part, torch.tensor(GOLDEN["U"])], 1)
    model.head.bias.data = torch.tensor(GOLDEN["b"])
    nearest, other = GOLDEN["context_nearest_first"]
    stepper = model.stepper()
    _, state = stepper.advance(np.array([other]), stepper.begin(np.arange(1)))
    log_probs, _ = stepper.advance(np.array([nearest]), state)
    np.testing.assert_allclose(log_probs[0], GOLDEN[key], atol=1e-12)


def test_D24_weights_are_as_many_as_the_paper_counts():
    tokens = Tokens([str(number) for number in range(16_383)], np.arange(16_383, 0, -1), {"start": 0})
    config = WindowLM.Config(order=5, embedding_size=30, hidden_size=100, direct=False)
    model = WindowLM(config, {"tokens": tokens}, {"next_token": tokens})
    # The paper counts V (1 + nm + h) + h (1 + (n - 1) m) with direct connections, of which (n - 1) m are W.
    assert model.num_weights() == 2_158_273


@pytest.mark.parametrize("order", [2, 4])
def test_stretches_of_any_length_give_the_same_losses(order):
    model, ids = make(order=order), torch.randint(V, (2, 13)).numpy()
    found = []
    for length in (1, 5, 12):
        state, nats = model.initial_state(2), 0.0
        for first in range(0, 12, length):
            part = slice(first, min(12, first + length))
            targets = ids[:, 1:][:, part]
            batch = Batch(2, {"tokens": Padded(ids[:, :-1][:, part]), "next_token": Padded(targets)})
            out = model.loss(batch, state, None)
            nats, state = nats + out.heads["next_token"].nats, out.state
        found.append((nats.item(), *state.ids.flatten().tolist()))
    for one in found[1:]:
        np.testing.assert_allclose(one, found[0], atol=1e-10)


def test_rows_end_where_they_end():
    model, ids = make(), torch.randint(V, (3, 6))
    lengths = torch.tensor([6, 0, 2])
    _, after = model.window(model.embedding, Padded(ids, lengths), model.initial_state(3))
    expected = [ids[0, 4:].tolist(), [0, 0], ids[2, :2].tolist()]
    assert after.ids.tolist() == expected


def test_what_stands_further_back_and_what_follows_changes_nothing():
    model = make(order=3)
    ids = np.array([[0, 1, 2, 3, 4, 5]])
    other = np.array([[6, 1, 2, 3, 4, 6]])
    stepper = model.stepper()
    left, right = (stepper.read(one, None, stepper.begin(np.arange(1))).nats[0] for one in (ids, other))
    np.testing.assert_allclose(left[2:4], right[2:4], atol=1e-12)
    assert not np.isclose(left[0], right[0])


def test_gradients_equal_finite_differences():
    model, ids = make(3, order=3, embedding_size=2, hidden_size=2), torch.tensor([[0, 1, 2, 1]])
    batch = Batch(1, {"tokens": Padded(ids[:, :-1].numpy()), "next_token": Padded(ids[:, 1:].numpy())})
    names, values = zip(*model.named_parameters(), strict=True)
    model.forward = lambda: model.loss(batch, model.initial_state(1), None).heads["next_token"].nats

    def function(*parameters):
        return torch.func.functional_call(model, dict(zip(names, parameters, strict=True)), ())

    assert equal_finite_differences(function, values)


@pytest.mark.parametrize("level", ["word", "character"])
def test_it_learns_resumes_and_writes(tmp_path, text_file, level):
    torch.set_default_dtype(torch.float32)
    settings = {"training.schedule": "constant", "training.validate_every": 20, "task.bptt": 8}
    options = {"model": "window_lm", "hidden": 16, "level": level, "threads": 1, "settings": settings}
    options |= {"learning_rate": 0.02}
    elman.train("lm", str(text_file), out=tmp_path / "whole", steps=40, **options)
    elman.train("lm", str(text_file), out=tmp_path / "parts", steps=20, **options)
    elman.resume(tmp_path / "parts", steps=40)
    whole, parts = (elman.load(tmp_path / name) for name in ("whole", "parts"))
    assert all(np.array_equal(value, parts.model.weights()[name]) for name, value in whole.model.weights().items())
    assert whole.evaluate(str(text_file)).scores[1].value < 9
    assert whole.generate("anna", length=5, seed=1) == whole.generate("anna", length=5, seed=1)
    assert whole.score(["anna sees ben ."])[0].log_prob_nats < 0


def test_it_learns_from_drawn_words_too(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)
    settings = {"model.head": "nce", "model.head_options": {"samples": 4}, "training.lazy_rows": True}
    options = {"model": "window_lm", "hidden": 16, "level": "word", "threads": 1, "steps": 40, "learning_rate": 0.02}
    elman.train("lm", str(text_file), out=tmp_path / "run", settings=settings, **options)
    assert elman.load(tmp_path / "run").evaluate(str(text_file)).scores[1].value < 9


def test_a_head_of_whole_sequences_is_refused():
    with pytest.raises(ConfigError, match=r"head: got 'crf', expected one that predicts each token by itself"):
        Settings({"model": {"head": "crf"}}).build("model", WindowLM.Config)
