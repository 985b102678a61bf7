"""Frames that are normalised by all that a speaker says in the files at hand."""

import os

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.recordings import recording_of
from elman.errors import DataError
from elman.features.base import Extraction
from elman.tasks.base.framing import frames_of
from tests.recordings import tone, wav

PATTERN = r"_([a-z]+)_\d\.wav"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of two tones by three speakers, of which each has a loudness of its own, and a run on it."""
    path, draw = tmp_path_factory.mktemp("voices"), np.random.default_rng(4)
    for loud, speaker in enumerate(("ann", "bob", "cy"), start=1):
        for label, hertz in (("high", 1500), ("low", 400)):
            for take in range(2):
                sound = loud * 0.3 * tone(hertz, 0.2) + draw.normal(0, 20, 1600)
                part = "valid" if speaker == "cy" else "train"
                (path / part).mkdir(exist_ok=True)
                (path / part / f"{label}_{speaker}_{take}.wav").write_bytes(wav(sound.astype(np.int16)))
    settings = {"task.features": ["log_mel", "cmvn"], "task.feature_options": {"cmvn": {"speaker": PATTERN}}}
    elman.train("classify", path / "train", valid=path / "valid", out=path / "run", steps=2, hidden=4, threads=1,
                settings=settings, listener=elman.silent)  # fmt: skip
    return path


def by_hand(model, files):
    """Return the frames of files of one speaker, normalised together."""
    config = model.task.config
    before = Extraction(["log_mel"], {"log_mel": config.feature_options["log_mel"]})
    every = [before(recording_of(example)) for file in files for example in model.reader.read([file])]
    whole = np.concatenate(every).astype(np.float64)
    return [(one - whole.mean(0)) / whole.std(0) for one in every]


def test_what_is_read_together_is_normalised_speaker_by_speaker(folder):
    model = elman.load(folder / "run")
    examples = frames_of(model.task, model.read(folder / "train"))
    assert len(examples) == 8
    for speaker in ("ann", "bob"):
        files = sorted((folder / "train").glob(f"*_{speaker}_*"))
        mine = {one.where: one.fields["frames"] for one in examples if f"_{speaker}_" in one.where}
        for file, expected in zip(files, by_hand(model, files), strict=True):
            np.testing.assert_allclose(mine[str(file)], expected, atol=1e-5)


def test_a_recording_alone_is_normalised_by_itself(folder):
    model = elman.load(folder / "run")
    file = folder / "valid" / "low_cy_0.wav"
    [alone] = frames_of(model.task, model.read(file))
    np.testing.assert_allclose(alone.fields["frames"], by_hand(model, [file])[0], atol=1e-5)
    [other, *_] = [one for one in frames_of(model.task, model.read(folder / "valid")) if one.where == str(file)]
    assert np.abs(other.fields["frames"] - alone.fields["frames"]).max() > 0.1


def test_answers_and_scores_hear_the_same_whatever_is_read_at_once(folder):
    model = elman.load(folder / "run")
    examples = list(model.read(folder / "valid"))
    at_once = [answer.value[0][1] for answer in model.answer(examples)]
    each = [model.answer([example])[0].value[0][1] for example in examples]
    np.testing.assert_allclose(at_once, each, rtol=1e-5)
    likeliest = [answer.value[0][0] for answer in model.answer(examples)]
    truth = [example.where.split("/")[-1].split("_")[0] for example in examples]
    scores = {score.name: score.value for score in model.evaluate(folder / "valid").scores}
    assert scores["accuracy"] == np.mean([one == other for one, other in zip(likeliest, truth, strict=True)])


def test_whoever_is_not_named_is_by_himself_where_answers_are_asked_and_refused_where_scores_are(
    folder, tmp_path, capsys
):
    for name in ("low-1", "low-2"):
        (tmp_path / f"{name}.wav").write_bytes((folder / "valid" / "low_cy_0.wav").read_bytes())
    (tmp_path / "low_cy_3.wav").write_bytes((folder / "valid" / "low_cy_0.wav").read_bytes())
    assert main(["predict", str(folder / "run"), str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 3
    said = "2 recordings without the name of a speaker, normalised alone: 'low-1.wav', 'low-2.wav'"
    assert said in " ".join(told.err.split())
    expected = r"low-1\.wav: task\.feature_options\.cmvn\.speaker: nothing here is .*, expected the name of a speaker"
    with pytest.raises(DataError, match=expected):
        elman.load(folder / "run").evaluate(tmp_path)


def test_what_is_passed_over_is_counted_once(folder, tmp_path):
    for file in (folder / "valid").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "README").write_text("x")
    model = elman.load(folder / "run")
    list(model.read(tmp_path))
    assert model.reader.passed_over == ["passed over: 1 file beside the recordings"]


def test_a_pipe_cannot_be_heard_twice(folder, tmp_path):
    listed = tmp_path / "list.tsv"
    os.mkfifo(listed)
    (tmp_path / "low_cy_0.wav").write_bytes((folder / "valid" / "low_cy_0.wav").read_bytes())
    writer = os.open(listed, os.O_RDWR)
    os.write(writer, b"low_cy_0.wav\tlow\n")
    model = elman.load(folder / "run")
    source = type(model.reader.own)(model.reader.own.settled, ("frames", "labels"))
    from elman.tasks.base.framing import read_inputs

    try:
        with pytest.raises(DataError, match="a pipe or a device, which can be read only once"):
            next(iter(read_inputs(model.task, source, [listed])))
    finally:
        os.close(writer)
