"""Features: each against its formula, several after each other, and pictures the same whatever way they are kept."""

import numpy as np
import pytest
from PIL import Image

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale, scaled
from elman.errors import ConfigError, DataError
from elman.features import FEATURES
from elman.features.base import Extraction
from elman.features.base.scaling import resized, weights
from elman.features.base.voices import Voices
from elman.features.deltas import deltas
from elman.features.mu_law import MuLaw

RAMP = np.arange(6.0)[:, None]


def test_deltas_of_the_goldens():
    np.testing.assert_allclose(deltas(RAMP, 2)[:, 0], [0.5, 0.8, 1, 1, 0.8, 0.5])
    np.testing.assert_allclose(deltas(deltas(RAMP, 2), 2)[:, 0], [0.13, 0.15, 0.08, -0.08, -0.15, -0.13])
    np.testing.assert_allclose(deltas(RAMP**2, 2)[:, 0], [0.9, 2.2, 4, 6, 5.8, 4.1])
    np.testing.assert_allclose(deltas(RAMP, 1)[:, 0], [0.5, 1, 1, 1, 1, 0.5])


def test_deltas_stand_beside_what_they_are_of_and_are_missing_where_it_is():
    both = Extraction(["numbers", "deltas"], {"deltas": {"order": 1}})
    found = both(Recording(np.array([[0.0], [1.0], [np.nan], [3.0], [4.0], [5.0], [6.0]])))
    assert found.shape == (7, 2)
    assert np.isnan(found[:, 1]).tolist() == [True, True, False, True, True, False, False]
    assert both.named(["x"]) == ["x", "Δx"]
    assert deltas(np.zeros((0, 3)), 2).shape == (0, 3)


def test_recordings_are_normalised_by_their_own_mean_and_deviation():
    frames = np.array([[1.0, 5, 10], [2, 5, np.nan], [3, 5, 20], [4, 5, np.nan]])
    found = Extraction(["numbers", "cmvn"])(Recording(frames))
    np.testing.assert_allclose(found[:, 0], np.array([-1.5, -0.5, 0.5, 1.5]) / 1.25**0.5, rtol=1e-12)
    np.testing.assert_array_equal(found[:, 1], 0)  # digital silence has no deviation
    np.testing.assert_array_equal(found[:, 2], [-1, np.nan, 1, np.nan])
    centred = Extraction(["numbers", "cmvn"], {"cmvn": {"variance": False}})(Recording(frames))
    np.testing.assert_array_equal(centred[:, 0], [-1.5, -0.5, 0.5, 1.5])
    assert Extraction(["numbers", "cmvn"]).named(["x", "y", "z"]) == ["x", "y", "z"]
    assert Extraction(["numbers", "cmvn"])(Recording(np.zeros((0, 3)))).shape == (0, 3)


def test_a_voice_is_that_of_all_its_recordings_put_together():
    draw = np.random.default_rng(3)
    parts = [draw.normal(1000, 2, (size, 3)) for size in (4, 0, 1, 30)]
    parts[3][5:9, 1] = np.nan
    parts[0][:, 2] = np.nan
    found = Voices()
    for part in parts:
        found.add(part)
    whole = np.concatenate(parts)
    np.testing.assert_allclose(found.voice.mean, np.nanmean(whole, 0), rtol=1e-14)
    np.testing.assert_allclose(found.voice.deviation, np.nanstd(whole, 0), rtol=1e-12)


def test_recordings_of_a_speaker_are_normalised_together_and_one_alone_as_without():
    frames = np.random.default_rng(1).normal(5, 3, (9, 2)).astype(np.float32)
    both = Voices().add(frames).add(frames + 10)
    mine = Extraction(["numbers", "cmvn", "deltas"], {"cmvn": {"speaker": "_([a-z]+)_"}, "deltas": {"order": 1}})
    found = mine(Recording(frames, voice=both.voice))
    expected = (frames - np.concatenate([frames, frames + 10]).mean(0)) / np.concatenate([frames, frames + 10]).std(0)
    np.testing.assert_allclose(found[:, :2], expected, rtol=1e-5)
    np.testing.assert_allclose(found[:, 2:], deltas(expected, 2), atol=1e-6)
    alone, without = mine(Recording(frames, voice=Voices().add(frames).voice)), Extraction(["numbers", "cmvn"])
    np.testing.assert_array_equal(alone[:, :2], without(Recording(frames)))
    np.testing.assert_array_equal(mine(Recording(frames))[:, :2], without(Recording(frames)))
    assert (mine.speaker, without.speaker) == ("_([a-z]+)_", "")
    np.testing.assert_array_equal(mine.spoken(Recording(frames), ""), frames)


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (["cmvn"], {"speaker": "("}, r"speaker: got '\(', expected a regular expression: missing \)"),
        (["cmvn"], {"speaker": "(a)(b)"}, r"speaker: got '\(a\)\(b\)', expected at most one pair of parentheses\."),
        (
            ["cmvn", "cmvn"],
            {"speaker": "a"},
            r"feature_options\.cmvn\.speaker: cmvn and cmvn of all that a speaker says",
        ),
    ],
)
def test_a_speaker_that_cannot_be_found_is_refused(names, options, message):
    with pytest.raises(ConfigError, match=message):
        Extraction(names, {"cmvn": options})


def test_normalised_recordings_are_standardised_as_what_they_are_of():
    assert Extraction(["log_mel", "cmvn", "deltas"]).scale is Scale.EACH
    assert Extraction(["image_columns", "cmvn"]).scale is Scale.NONE


def test_mu_law_is_that_of_the_formula():
    samples = np.array([0, 32767, -32768, 328, 5])
    found = MuLaw(MuLaw.Config(samples=2))(Recording(samples, Medium.SOUND, 8000))
    assert found.shape == (3, 2)
    np.testing.assert_allclose(found.ravel()[[0, 2, 5]], [0, -1, 0])
    np.testing.assert_allclose(found[1, 1], np.log1p(255 * 328 / 32768) / np.log(256), rtol=1e-6)


def test_ink_is_the_same_on_bright_and_on_dark_paper():
    picture = np.full((5, 7), 255, np.uint8)
    picture[2, 3] = 0
    columns = Extraction(["image_columns"])
    found = columns(Recording(picture, Medium.PICTURE))
    assert found.shape == (7, 5)
    assert found.sum() == found[3, 2] == 1
    np.testing.assert_array_equal(columns(Recording(255 - picture, Medium.PICTURE)), found)


def test_pictures_are_scaled_to_the_height_of_the_first_and_keep_their_form():
    first = Recording(np.full((8, 20), 255, np.uint8), Medium.PICTURE)
    columns = Extraction.settled([], {"image_columns": {"margin": 2}}, first)
    assert columns.options == {"image_columns": {"height": 8, "margin": 2}}
    assert columns(Recording(np.full((16, 40), 255, np.uint8), Medium.PICTURE)).shape == (24, 8)


def test_pictures_are_scaled_as_pillow_scales_them():
    picture = np.random.default_rng(0).random((40, 63)).astype(np.float32)
    for height, width in ((48, 76), (11, 20), (40, 63), (1, 1)):
        oracle = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(resized(picture, height, width), np.asarray(oracle), atol=2e-6)
    np.testing.assert_allclose(weights(9, 4).sum(1), 1)


def test_rows_of_a_picture_and_pictures_of_a_film():
    film = np.random.default_rng(0).integers(0, 255, (6, 3)).astype(np.uint8)
    film[[0, -1]] = film[:, [0, -1]] = 255
    rows = Extraction(["image_rows"], {"image_rows": {"together": 2}})
    found = rows(Recording(film, Medium.PICTURE))
    assert found.shape == (3, 6)
    np.testing.assert_allclose(found[1], 1 - film[2:4].ravel() / 255, rtol=1e-6)
    with pytest.raises(
        DataError, match=r"got 5 rows, expected a multiple of 2 \(feature_options\.image_rows\.together\)"
    ):
        rows(Recording(film[:5], Medium.PICTURE))


def test_the_way_of_a_pen_has_one_deviation_and_no_mean():
    points = np.random.default_rng(0).normal(3, 2, (50, 3))
    mean, deviation = scaled(points.mean(0), points.std(0), Scale.TOGETHER)
    assert mean.tolist() == [0, 0, 0]
    np.testing.assert_allclose(deviation, [*[points[:, :2].std()] * 2, 1])
    mean, deviation = scaled(points.mean(0), points.std(0), Scale.NONE)
    assert (mean.tolist(), deviation.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_how_frames_are_standardised_is_said_by_the_last_that_says_it():
    assert Extraction(["pen_deltas", "deltas"]).scale is Scale.TOGETHER
    assert Extraction([]).scale is Scale.EACH


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (["deltas"], {"log_mel": {}}, "feature_options: got options of log_mel, expected those of deltas"),
        (["deltas"], {"deltas": {"window": 0}}, "feature_options.deltas: window: got 0, expected greater than"),
        (
            ["deltas"],
            {"deltas": {"windows": 2}},
            "feature_options.deltas: unknown key 'windows'. Did you mean",
        ),
        (["delta"], {}, "unknown feature 'delta'. Did you mean 'deltas'?"),
    ],
)
def test_options_of_features_are_checked(names, options, message):
    with pytest.raises(ConfigError, match=message):
        Extraction(names, options)


def test_every_file_is_found_and_says_what_it_takes():
    for name in FEATURES.names():
        kind = FEATURES.get(name)
        assert isinstance(kind.takes, Medium)
        assert kind.Config() is not None
        assert FEATURES.summary(name)


def test_frames_are_tables():
    with pytest.raises(DataError, match=r"a\.x: got an array \(3,\), expected frames \(T, F\)"):
        Extraction([])(Recording(np.zeros(3)), "a.x")
