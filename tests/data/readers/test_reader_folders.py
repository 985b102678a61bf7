"""A folder a class."""

import gzip

import pytest

from elman.data.readers.folders import FoldersReader
from elman.errors import DataError

LABELED = ("text", "labels")


@pytest.fixture
def data(tmp_path):
    for name, text in {
        "pos/2.txt": "good\nfilm\n",
        "pos/10.txt": "fine",
        "pos/empty.txt": " \n",
        "neg/a.md": "bad",
        "neg/.hidden": "x",
        "neg/deeper/b.txt": "x",
        ".git/c.txt": "x",
        "README": "not data",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "neg/z.gz").write_bytes(gzip.compress(b"worse"))
    return tmp_path


def read(path, fields=LABELED, **options):
    reader = FoldersReader(FoldersReader.Config(**options), fields)
    return [(example.fields, example.where) for example in reader.read([path])], reader


def test_classes_and_files_are_sorted_and_the_rest_is_counted(data):
    examples, reader = read(data)
    assert examples == [
        ({"text": "bad", "labels": ["neg"]}, str(data / "neg/a.md")),
        ({"text": "worse", "labels": ["neg"]}, str(data / "neg/z.gz")),
        ({"text": "fine", "labels": ["pos"]}, str(data / "pos/10.txt")),
        ({"text": "good\nfilm", "labels": ["pos"]}, str(data / "pos/2.txt")),
    ]
    assert reader.skipped == {
        "empty files": 1,
        "folders in the folder of a class": 1,
        "files beside the folders of classes": 1,
    }


def test_a_pattern_chooses_files(data):
    examples, reader = read(data, pattern="*.txt")
    assert [fields["text"] for fields, _ in examples] == ["fine", "good\nfilm"]
    assert reader.skipped["files that are no *.txt"] == 2


def test_pictures_and_recordings_are_passed_over_and_counted(data):
    before, _ = read(data)
    for name in ("a.png", "b.JPG", "c.wav"):
        (data / "pos" / name).write_bytes(b"\x89PNG\r\n")
    examples, reader = read(data)
    assert examples == before
    assert reader.skipped["files of pictures or sound"] == 3


def test_text_alone_needs_no_classes(data):
    assert [fields for fields, _ in read(data / "pos", ("text",))[0]] == [{"text": "fine"}, {"text": "good\nfilm"}]


def test_a_folder_without_folders_is_refused(data):
    with pytest.raises(
        DataError, match=r"pos: got no folder in it, expected one a class, such as \S*pos/positive/1\.txt"
    ):
        read(data / "pos")


def test_folders_without_texts_are_refused(data):
    with pytest.raises(DataError) as refused:
        read(data, pattern="*.csv")
    assert str(refused.value) == (
        f"{data}: no example in it: got 1 file beside the folders of classes, 5 files that are no *.csv, 1 folder in "
        "the folder of a class, expected one or more. Is it the file?"
    )


def test_what_is_no_folder_is_refused(data):
    with pytest.raises(DataError, match=r"README: cannot be read as a folder: Not a directory\."):
        read(data / "README")
    reader = FoldersReader(FoldersReader.Config(), LABELED)
    with pytest.raises(DataError, match=r"README: a file, expected a folder"):
        reader.find(["README"], data)
    assert reader.find(["."], data) == [data]


def test_what_it_recognizes(data):
    assert FoldersReader.recognizes(data, "", LABELED) == 3
    assert FoldersReader.recognizes(data / "README", "not data", LABELED) == 0
