"""Music: each step is drawn from what the model says of it, after all steps before."""

import json

import numpy as np
import pytest
import torch

import elman
from elman.data.outlines import Classes
from elman.data.records import Example
from elman.data.rolls import frames_of_keys, keys_of
from elman.data.timelines import Foreseen
from elman.errors import ConfigError, TrainingError
from elman.heads.sigmoid import SigmoidHead
from elman.inference.playing import _unheard, pieces
from elman.randomness import seed_of

PIECE = [[60, 64], [60], [], [67, 72]] * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("music")
    (path / "songs.json").write_text(
        json.dumps({"train": [PIECE] * 6, "valid": [PIECE] * 2, "test": [PIECE[:9], [[]]]})
    )
    return path


@pytest.fixture(scope="module")
def model(folder):
    name, settings = f"{folder}/songs.json", {"model.hidden_size": 8}
    elman.train("forecast", f"{name}#train", valid=f"{name}#valid", out=folder / "run", steps=30, threads=1,
                settings=settings, listener=elman.silent)  # fmt: skip
    return elman.load(folder / "run")


def chances(model, frames):
    """Return how probable each step but the first was said to be on, of the whole piece, (T - 1, 88)."""
    data = model.task.encode([Example({"frames": frames}, "x:1")])
    return Foreseen.joined(model.model.forecasts(data, data.origins)).best[:, 0]


def draws(seed, number, length):
    return np.random.default_rng(seed_of(seed, "rolls", number)).random((length, 88))


def test_each_step_is_drawn_from_what_is_said_after_all_before(model, folder):
    for number, one in enumerate(pieces(model, 3, 12, seed=5, prompt=f"{folder}/songs.json#test:1", first=6)):
        assert keys_of(one.frames[: one.given]) == PIECE[:6]
        assert one.frames.shape == (18, 88)
        expected = draws(5, number, 12) < chances(model, one.frames)[5:]
        np.testing.assert_array_equal(one.frames[6:], expected)


def test_a_temperature_divides_the_logits_and_0_takes_what_is_likelier_than_not(model, folder):
    [one] = pieces(model, 1, 12, 0.5, 3, f"{folder}/songs.json#test:1")
    odds = (lambda p: p / (1 - p))(chances(model, one.frames)[8:].astype(np.float64)) ** 2
    np.testing.assert_array_equal(one.frames[9:], draws(3, 0, 12) < odds / (1 + odds))
    [likeliest] = pieces(model, 1, 12, 0, 3, f"{folder}/songs.json#test:1")
    np.testing.assert_array_equal(likeliest.frames[9:], chances(model, likeliest.frames)[8:] > 0.5)


def test_without_a_piece_the_first_step_is_as_in_training(model):
    often = frames_of_keys(PIECE).mean(0)
    found = pieces(model, 400, 1, seed=2)
    assert {one.given for one in found} == {0}
    assert {one.frames.shape for one in found} == {(1, 88)}
    np.testing.assert_allclose(np.mean([one.frames[0] for one in found], 0), often, atol=0.08)
    [one] = pieces(model, 1, 12, seed=2)
    np.testing.assert_array_equal(one.frames[1:], draws(2, 0, 12)[1:] < chances(model, one.frames))
    assert keys_of(pieces(model, 1, 1, 0)[0].frames) == [[]]  # no key sounds more often than not
    hot = np.mean([one.frames[0] for one in pieces(model, 100, 1, 1e6)])
    assert hot == pytest.approx(0.5, abs=0.02)


def test_a_piece_hangs_on_the_seed_and_its_number_alone(model):
    several = pieces(model, 3, 10, seed=1)
    np.testing.assert_array_equal(pieces(model, 1, 10, seed=1)[0].frames, several[0].frames)
    assert not np.array_equal(several[0].frames, several[1].frames)
    assert not np.array_equal(pieces(model, 1, 10, seed=2)[0].frames, several[0].frames)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"count": 0}, r"count: got 0, expected 1 or more\."),
        ({"length": 0}, r"length: got 0, expected 1 or more: with none there is the prompt alone\."),
        ({"first": 3}, r"first: got 3, but no piece to go on from\. Name one: FILE#PART:NUMBER\."),
        ({"first": 0}, r"first: got 0, expected 1 or more\."),
        ({"first": 10, "prompt": "#test:1"}, r"first: got 10, but .*songs\.json:test:1 has 9 steps\."),
        ({"seed": -1}, r"seed: got -1, expected 0 or more\."),
        ({"seed": 1.5}, r"seed: got 1\.5, expected a whole number\."),
        ({"temperature": "hot"}, r"temperature: got 'hot', expected a number\."),
        ({"temperature": -1.0}, r"temperature: got -1, expected 0 or more\."),
        (
            {"prompt": "#test"},
            r"#test: 2 pieces, expected one to go on from\. Name it by its number, such as songs\.json#test:1\.",
        ),
    ],
)
def test_what_cannot_be_played_is_refused(model, folder, wanted, message):
    if "prompt" in wanted:
        wanted = {**wanted, "prompt": f"{folder}/songs.json{wanted['prompt']}"}
    with pytest.raises(ConfigError, match=message):
        pieces(model, **wanted)


def test_runs_of_other_things_make_no_music(tmp_path):
    rows = [f"{row % 2},{row % 3 == 0:d}" for row in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["rain,snow", *rows]))
    numbers = [f"{row % 7},{row % 5}" for row in range(60)]
    (tmp_path / "b.csv").write_text("\n".join(["rain,snow", *numbers]))
    for name, shown in (("a", "2 columns of switches"), ("b", "2 columns of numbers")):
        settings = {"model.hidden_size": 4, "task.horizon": 1, "task.period": 0}
        run = elman.train("forecast", tmp_path / f"{name}.csv", out=tmp_path / name, steps=1, threads=1,
                          settings=settings, listener=elman.silent)  # fmt: skip
        with pytest.raises(ConfigError, match=f"{name}: forecasts {shown}, expected the 88 keys of a piano, of which"):
            pieces(elman.load(run.path))


def test_differences_cannot_be_played(folder):
    settings = {"model.hidden_size": 4, "task.differences": "last"}
    run = elman.train("forecast", f"{folder}/songs.json", valid=f"{folder}/songs.json#valid", out=folder / "apart",
                      steps=1, threads=1, settings=settings, listener=elman.silent)  # fmt: skip
    with pytest.raises(ConfigError, match=r"reads differences, expected keys as they are\. Train it with --set task\."):
        pieces(elman.load(run.path))


def test_a_run_of_music_names_where_its_music_is(model):
    with pytest.raises(ConfigError, match=r"has no generate of text\. Its music: elman\.inference\.playing\.pieces"):
        model.generate()


def test_what_is_no_number_is_not_drawn_from():
    head = SigmoidHead(2, Classes(("a", "b"), several=True))
    with pytest.raises(TrainingError, match="no numbers"):
        head.draw(torch.full((1, 2), float("nan")), torch.zeros(1, 2))


@pytest.mark.parametrize("temperature", [0, 1e-3, 1])
def test_a_key_that_never_or_always_sounds_begins_so_without_a_warning(temperature):
    often = np.array([0.0, 0.1, 0.9, 1.0])
    assert _unheard(often, np.array([[0.5, 0.5, 0.5, 0.5]]), temperature).tolist() == [[0, 0, 1, 1]]
