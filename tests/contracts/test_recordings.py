"""Every reader of recordings, whose files are no text, through one contract: each has its own sample."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from elman.data.readers import READERS
from elman.data.recordings import Medium, Recording, recording_of
from elman.data.sources import head
from elman.errors import DataError
from tests.fields import kinds
from tests.recordings import picture, tone, wav, write_idx

SERIES = ("frames", "labels")


class Sample(NamedTuple):
    """What a format looks like.

    Args:
        files: writes them into a folder, two examples; returns what a reader gets.
        medium: of the recordings.
        broken: the file that is broken, by its name in the folder.
        said: of a file of three bytes.
        fields: what it is asked for.
    """

    files: Callable[[Path], Path]
    medium: Medium
    broken: str
    said: str
    fields: tuple[str, ...] = SERIES


def tones(folder):
    for name in ("high", "low"):
        (folder / f"{name}_1.wav").write_bytes(wav(tone(500)))
    return folder


def drawings(folder):
    for name in ("cross", "line"):
        Image.fromarray(picture(len(name))).save(folder / f"{name}_1.png")
    return folder


def digits(folder):
    write_idx(folder, [picture(1), picture(2)], [4, 7])
    return folder / "train-images-idx3-ubyte.gz"


def ways(folder):
    points = np.array([[1, 2, 0], [3, -1, 1], [2, 2, 0], [0, 5, 0], [1, 1, 1]], np.int16)
    np.savez(folder / "a.npz", train_strokes=points, train_len=np.array([2, 3]))
    return folder / "a.npz"


def pieces(folder):
    (folder / "a.json").write_text('{"train": [[[60, 64], []], [[21], [108]]], "test": []}')
    return folder / "a.json"


def sayings(folder):
    for name in ("high", "low"):
        (folder / f"{name}.wav").write_bytes(wav(tone(500)))
    (folder / "a.fileids").write_text("high\nlow\n")
    (folder / "a.transcription").write_text("UP (high)\nDOWN (low)\n")
    return folder / "a.fileids"


SAMPLES = {
    "audio": Sample(tones, Medium.SOUND, "high_1.wav", "no WAV file"),
    "idx": Sample(digits, Medium.PICTURE, "train-images-idx3-ubyte.gz", "no idx file|cannot be read: "),
    "pictures": Sample(drawings, Medium.PICTURE, "cross_1.png", "cannot be read as a picture: "),
    "rolls": Sample(pieces, Medium.NUMBERS, "a.json", "not JSON: ", ("frames",)),
    "sphinx": Sample(sayings, Medium.SOUND, "high.wav", "no WAV file", ("frames", "text")),
    "strokes": Sample(ways, Medium.PEN, "a.npz", "cannot be read as .npz: ", ("frames",)),
}
RECORDED = tuple(SAMPLES)
each_format = pytest.mark.parametrize("name", RECORDED)


def build(name, fields=None, **options):
    kind = READERS.get(name)
    return kind(kind.Config(**options), SAMPLES[name].fields if fields is None else fields)


def write(folder, name):
    folder.mkdir(exist_ok=True)
    return SAMPLES[name].files(folder)


@each_format
def test_examples_are_recordings_with_labels_and_say_where_they_stand(name, tmp_path):
    source = write(tmp_path / "data", name)
    examples = list(build(name).read([source]))
    assert len(examples) == 2
    assert all(tuple(example.fields) == SAMPLES[name].fields for example in examples)
    assert {recording_of(example).medium for example in examples} == {SAMPLES[name].medium}
    assert len({example.where for example in examples}) == 2
    assert all(example.where.startswith(str(tmp_path / "data")) for example in examples)


@each_format
def test_what_prediction_asks_for_is_the_same_without_the_labels(name, tmp_path):
    source = write(tmp_path / "data", name)
    whole = [recording_of(example).values for example in build(name).read([source])]
    alone = list(build(name, ("frames",)).for_answers().read([source]))
    assert all(tuple(example.fields) == ("frames",) for example in alone)
    for one, example in zip(whole, alone, strict=True):
        np.testing.assert_array_equal(one, recording_of(example).values)


@each_format
def test_the_sample_is_recognized_among_those_that_could_hold_it(name, tmp_path):
    path, fields = write(tmp_path / "data", name), SAMPLES[name].fields
    beginning = "" if path.is_dir() else head(path)
    able = [other for other in READERS.names() if READERS.get(other).gives(kinds(fields))]
    sure = {other: READERS.get(other).recognizes(path, beginning, fields) for other in able}
    assert max(sure, key=sure.get) == name
    assert list(sure.values()).count(sure[name]) == 1


@each_format
def test_several_sources_follow_each_other(name, tmp_path):
    sources = [write(tmp_path / part, name) for part in "ab"]
    assert len(list(build(name).read(sources))) == 4


@each_format
@pytest.mark.parametrize("content", [b"", b"abc"])
def test_a_broken_file_is_refused_by_its_name(name, content, tmp_path):
    source = write(tmp_path / "data", name)
    (tmp_path / "data" / SAMPLES[name].broken).write_bytes(content)
    said = SAMPLES[name].said if content else f"{SAMPLES[name].said}|the file is empty"
    with pytest.raises(DataError, match=rf"{SAMPLES[name].broken}: .*({said})"):
        list(build(name).read([source]))


def test_a_recording_says_how_much_it_is():
    assert Recording(np.zeros(4000), Medium.SOUND, 8000).size == "0.50 s at 8,000 Hz"
    assert Recording(np.zeros((40, 900)), Medium.PICTURE).size == "900 x 40"
    assert Recording(np.zeros((7, 3)), Medium.PEN).size == "7 points"
    assert Recording(np.zeros((7, 3))).size == "7 frames"
