"""Sound: labels by folder, by name and by list, channels, and what is said of what cannot be read."""

import numpy as np
import pytest
import soundfile

from elman.data.readers import READERS
from elman.data.recordings import recording_of
from elman.errors import DataError
from tests.recordings import tone, wav, write_tones

KIND = READERS.get("audio")


def reader(fields=("frames", "labels"), **options):
    return KIND(KIND.Config(**options), fields)


def read(path, fields=("frames", "labels"), **options):
    one = reader(fields, **options)
    return list(one.read(one.find([str(path)])))


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(wav(tone(400)))
    return folder


def test_a_folder_a_class(tmp_path):
    folder = put(tmp_path / "data", "yes/a_1.wav", "no/b_1.wav", "no/notes.txt")
    one = reader()
    assert [example.fields["labels"] for example in one.read([folder])] == [["no"], ["yes"]]
    assert one.settled.label == "folder"
    assert one.remarks == ["labels: the folder of each file, guessed (no); --set reader.label=name takes the other"]
    assert one.passed_over == ["passed over: 1 file beside the recordings"]


def test_names_begin_with_labels(tmp_path):
    folder = put(tmp_path / "data", "7_george_0.wav", "3-theo.wav", "dog.wav")
    assert [example.fields["labels"] for example in read(folder)] == [["3"], ["7"], ["dog"]]
    found = [read(folder / name)[0].fields["labels"] for name in ("7_george_0.wav", "dog.wav")]
    assert found == [["7"], ["data"]]
    assert read(folder / "7_george_0.wav", label="folder")[0].fields["labels"] == [["data"]][0]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a\tgo\nb\tstop it\n", {}),
        ("a.wav\tgo\nb.wav\tstop it\n", {}),
        ("id\tyear\ttext\na\t1800\tgo\nb\t1801\tstop it\n", {}),
        ("said,file\ngo,a\nstop it,b\n", {"columns": {"text": "said"}}),
        ("1\tgo\ta\n2\tstop it\tb\n", {"columns": {"frames": 3, "text": 2}}),
        ("a,go\nb,stop it\n", {"folder": "."}),
    ],
)
def test_lists_of_texts(text, options, tmp_path):
    put(tmp_path, "a.wav", "b.wav")
    path = tmp_path / "list.tsv"
    path.write_text(text)
    assert [example.fields["text"] for example in read(path, ("frames", "text"), **options)] == ["go", "stop it"]
    assert KIND.recognizes(path, text, ("frames", "text")) == 4
    assert KIND.recognizes(path, text, ("frames", "labels")) == 3


def test_the_files_of_a_list_lie_in_a_folder_beside_it(tmp_path):
    put(tmp_path, "clips/a.wav", "clips/b.wav", "clips/c.wav")
    (tmp_path / "list.tsv").write_text("a\tgo\n")
    one = reader()
    [example] = one.read([tmp_path / "list.tsv"])
    assert example.where == str(tmp_path / "clips/a.wav")
    assert one.settled.folder == "clips"
    assert one.remarks == ["list.tsv: 2 recordings beside it are not in it: 'b.wav', 'c.wav'"]


def test_what_a_list_names_and_nobody_has(tmp_path):
    put(tmp_path, "a.wav")
    (tmp_path / "list.tsv").write_text("a\tgo\n" + "".join(f"{name}\tgo\n" for name in "bcde"))
    with pytest.raises(DataError, match=r"list\.tsv: 4 of 5 recordings are not there: 'b', 'c', 'd' and 1 other"):
        read(tmp_path / "list.tsv")
    (tmp_path / "list.tsv").write_text("x\tgo\n")
    with pytest.raises(DataError, match=r"list\.tsv: names no recordings that are there: got 'x', looked for in"):
        read(tmp_path / "list.tsv")


def test_a_list_whose_columns_nobody_knows(tmp_path):
    put(tmp_path, "a.wav")
    (tmp_path / "list.tsv").write_text("a\tgo\tthere\n")
    with pytest.raises(DataError, match=r"list\.tsv:1: which column has the text\? Got 3 columns without names\. Name"):
        read(tmp_path / "list.tsv", ("frames", "text"))
    (tmp_path / "list.tsv").write_text("a\tgo\na\n")
    with pytest.raises(DataError, match=r"list\.tsv:2: got 1 column, expected text in column 2\. Mend it"):
        read(tmp_path / "list.tsv", ("frames", "text"))


def test_rows_without_a_text_are_passed_over_and_told(tmp_path):
    put(tmp_path, "a.wav", "b.wav")
    (tmp_path / "list.tsv").write_text("a\tgo there\nb\t\n")
    one = reader(("frames", "text"))
    assert len(list(one.read([tmp_path / "list.tsv"]))) == 1
    assert one.passed_over == ["passed over: 1 row without text"]


def test_a_folder_has_no_texts(tmp_path):
    folder = put(tmp_path / "data", "a.wav")
    with pytest.raises(DataError, match=r"data: a folder of recordings, without a text for each\. Give a list with a"):
        read(folder, ("frames", "text"))


def test_channels_are_chosen_and_never_guessed(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav([[1, 3], [5, 9]]))
    with pytest.raises(
        DataError, match=r"a\.wav: 2 channels, expected one\. Choose with reader\.channel: 0, 1 or mean"
    ):
        read(path, ("frames",))
    for channel, expected in ((0, [1, 5]), (1, [3, 9]), ("mean", [2, 7])):
        [example] = read(path, ("frames",), channel=channel)
        assert recording_of(example).values.tolist() == expected
    with pytest.raises(DataError, match=r"a\.wav: 2 channels, and reader\.channel=2, expected one"):
        read(path, ("frames",), channel=2)


def test_flac_has_the_samples_of_its_wav(tmp_path):
    samples = tone(440)
    soundfile.write(tmp_path / "a.flac", samples, 8000, subtype="PCM_16")
    [example] = read(tmp_path / "a.flac", ("frames",))
    assert recording_of(example).rate == 8000
    np.testing.assert_array_equal(recording_of(example).values, samples)
    (tmp_path / "b.flac").write_bytes(b"fLaC and no more")
    with pytest.raises(DataError, match=r"b\.flac: cannot be read as sound: .*What is read: \.wav, \.flac, \.ogg"):
        read(tmp_path / "b.flac", ("frames",))


def test_no_samples_and_a_size_that_is_wrong(tmp_path):
    (tmp_path / "a.wav").write_bytes(wav([]))
    with pytest.raises(DataError, match=r"a\.wav: no samples in it\. Leave it out"):
        read(tmp_path / "a.wav", ("frames",))
    (tmp_path / "a.wav").write_bytes(wav([1, 2], size=0xFFFFFFFF))
    one = reader(("frames",))
    assert len(list(one.read([tmp_path / "a.wav"]))) == 1
    assert one.remarks == ["a.wav: says 4,294,967,295 bytes of samples, 4 are there: read so far"]


def test_the_real_pack_in_small(tmp_path):
    write_tones(tmp_path / "tones", 2)
    assert [one.fields["labels"][0] for one in read(tmp_path / "tones")] == ["high", "high", "low", "low"]


def put_tones(folder, *names):
    for name in names:
        (folder / name).write_bytes(wav(tone(440)))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            "a.wav\tone two\nb.wav\ttwo\tthree\n",
            "list.tsv: 1 line with cells behind the text, which are not read, first line 2: 'three'. A text with a tab "
            "in it is cut there",
        ),
        (
            "a.wav\tone\nb.wav\ttwo\na.wav\tthree\n",
            "list.tsv: 1 recording with different texts: 'a.wav'. One of each can be right: mend them",
        ),
        ("a.wav\tone\n", "list.tsv: 1 recording beside it is not in it: 'b.wav'"),
    ],
)
def test_what_a_list_says_beside_one_text_a_recording_is_told(tmp_path, lines, told):
    put_tones(tmp_path, "a.wav", "b.wav")
    (tmp_path / "list.tsv").write_text(lines)
    one = reader(("frames", "text"))
    assert len(list(one.read([tmp_path / "list.tsv"]))) == lines.count("\n")
    assert one.remarks == [told]


def test_one_recording_among_many_texts_makes_no_folder_of_recordings(tmp_path):
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        for number in range(10):
            (tmp_path / label / f"{number}.txt").write_text("some words\n")
    put_tones(tmp_path, "a/1.wav")
    assert KIND.recognizes(tmp_path, "", ("frames", "labels")) == 0
    put_tones(tmp_path, "a/2.wav", "b/1.wav")
    assert KIND.recognizes(tmp_path, "", ("frames", "labels")) == 4


def test_a_broken_recording_stops_a_training_and_is_passed_over_where_the_others_are_described(tmp_path, capsys):
    from elman.cli.main import main

    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        put_tones(tmp_path, *(f"{label}/{number}.wav" for number in range(3)))
    (tmp_path / "a/broken.wav").write_text("no")
    with pytest.raises(DataError, match=r"broken\.wav: no WAV file: it begins with b'no'"):
        read(tmp_path)
    assert main(["describe", str(tmp_path)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "passed over 1 file that cannot be read: a training stops there" in told
    assert "broken.wav: no WAV file: it begins with b'no', expected b'RIFF'" in told
    assert "sound 1.20 s, 0.20 to 0.20 s each, 8,000 Hz (6)" in told
