"""elman train classify on recordings, from a folder of WAV files to an answer."""

import json

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.recordings import Medium, Recording
from elman.data.records import Example
from elman.data.wav import read_wav
from tests.recordings import tone, wav, write_tones

QUICK = ["--epochs", "6", "--hidden", "8", "--threads", "1", "--batch-size", "8"]


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    """Return a folder with recordings, and a run that was trained on it."""
    folder = tmp_path_factory.mktemp("sound")
    write_tones(folder / "data")
    write_tones(folder / "test", 3)
    assert main(["train", "classify", str(folder / "data"), *QUICK, "--out", str(folder / "run")]) == 0
    return folder


def test_what_was_settled_stands_in_the_configuration(tones):
    text = (tones / "run/config.toml").read_text()
    assert 'features = [\n    "log_mel",\n]' in text
    assert "[task.feature_options.log_mel]\nrate = 8000\n" in text
    assert 'label = "name"' in text
    assert len(json.loads((tones / "run/vocabulary/frames.json").read_text())["mean"]) == 40


def test_D34_tones_are_told_apart(tones, capsys):
    assert main(["evaluate", str(tones / "run"), str(tones / "test"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scores"][0]["value"] == 1
    assert main(["predict", str(tones / "run"), str(tones / "test"), "--k", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("high ")
    assert lines[0].endswith("high_0.wav (8 frames)")
    assert len(lines) == 6


def test_an_array_is_answered_as_its_file(tones):
    model = elman.load(tones / "run")
    path = tones / "test/low_1.wav"
    sound = read_wav(path)
    given = Example({"frames": Recording(sound.samples[:, 0], Medium.SOUND, sound.rate)})
    [by_array], [by_file] = model.answer([given]), model.answer(list(model.read(path)))
    assert by_array.value == by_file.value


def test_batches_and_neighbours_change_no_answer(tones):
    model = elman.load(tones / "run")
    examples = list(model.read(tones / "test"))
    whole = [answer.value for answer in model.answer(examples)]
    alone = [model.answer([example])[0].value for example in examples]
    for one, other in zip(whole, alone, strict=True):
        assert [name for name, _ in one] == [name for name, _ in other]
        np.testing.assert_allclose([p for _, p in one], [p for _, p in other], rtol=1e-5)


def test_another_rate_is_refused_with_both(tones, tmp_path, capsys):
    (tmp_path / "high_1.wav").write_bytes(wav(tone(900), rate=16000))
    assert main(["predict", str(tones / "run"), str(tmp_path / "high_1.wav")]) == 2
    expected = "high_1.wav: got 16,000 samples a second, expected 8,000 as in training. Convert it: sox IN -r 8000 OUT"
    assert expected in capsys.readouterr().err
    (tmp_path / "a_1.wav").write_bytes(wav(tone(900)))
    assert main(["describe", str(tmp_path)]) == 2
    untrained = "high_1.wav: got 16,000 samples a second, expected 8,000 as the first recording has. Convert it: sox"
    assert untrained in capsys.readouterr().err


def test_frames_are_computed_once_and_mapped(tones, monkeypatch, tmp_path):
    from elman.features.log_mel import LogMel

    computed = []
    whole = LogMel.__call__
    monkeypatch.setattr(LogMel, "__call__", lambda self, one: computed.append(one) or whole(self, one))
    settings = {"training.batch_size": 8}
    elman.train(
        "classify", tones / "data", epochs=1, hidden=4, threads=1, out=tmp_path / "r", settings=settings,
        listener=elman.silent,
    )  # fmt: skip
    assert len(computed) == 24


def test_describe_tells_how_long_recordings_are(tones, capsys):
    assert main(["describe", str(tones / "data")]) == 0
    out = capsys.readouterr().out
    assert "format             audio: frames, labels" in out
    assert "sound              2.82 s, 0.10 to 0.14 s each, 8,000 Hz (24)" in out


def test_features_are_chosen(tones, tmp_path, capsys):
    options = ["--set", 'task.features=["log_mel", "deltas"]', "--set", "task.feature_options.log_mel.bins=12"]
    assert main(["train", "classify", str(tones / "data"), *QUICK, *options, "--out", str(tmp_path / "r")]) == 0
    assert len(json.loads((tmp_path / "r/vocabulary/frames.json").read_text())["mean"]) == 36
    capsys.readouterr()
    wrong = ["--set", 'task.features=["logmel"]']
    assert main(["train", "classify", str(tones / "data"), *wrong, "--out", str(tmp_path / "s")]) == 2
    assert "--set task.features: unknown feature 'logmel'. Did you mean 'log_mel'?" in capsys.readouterr().err


def test_a_run_of_recordings_goes_on(tones, tmp_path, capsys):
    out = tmp_path / "r"
    assert main(["train", "classify", str(tones / "data"), *QUICK[2:], "--epochs", "1", "--out", str(out)]) == 0
    capsys.readouterr()
    assert main(["train", "--resume", str(out), "--epochs", "2"]) == 0
    assert "finished at step 6" in capsys.readouterr().err


def test_frames_are_stacked_and_answers_say_where_the_model_looked(tones, tmp_path, capsys):
    options = ["--set", "model.stack=4", "--set", "model.stride=2", "--set", "model.pooling=attention"]
    assert main(["train", "classify", str(tones / "data"), *QUICK, *options, "--out", str(tmp_path / "r")]) == 0
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "r"), str(tones / "test/high_0.wav"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["attention"]["weights"]) == 4  # of 8 frames
