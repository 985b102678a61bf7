"""Where examples stand, said shortly."""

from contextlib import chdir
from pathlib import Path

import pytest

from elman.data.places import Places, short_places


@pytest.mark.parametrize(
    ("places", "short"),
    [
        (["/data/a.tsv:3", "/data/b.tsv:4", "/data/a.tsv:5"], ["a.tsv:3", "b.tsv:4", "a.tsv:5"]),
        (["/data/one/a.tsv:3", "/data/two/a.tsv:4", "/data/b.tsv:1"], ["one/a.tsv:3", "two/a.tsv:4", "b.tsv:1"]),
        (["/one/x/a.tsv:3", "/two/x/a.tsv:4", "/two/y/a.tsv:1"], ["one/x/a.tsv:3", "two/x/a.tsv:4", "two/y/a.tsv:1"]),
        (["/data/pos/1.txt", "/data/neg/1.txt", "/data/neg/2.txt"], ["pos/1.txt", "neg/1.txt", "2.txt"]),
        (["/data/x/../a.tsv:3", "/data/a.tsv:4"], ["a.tsv:3", "a.tsv:4"]),
        (["/data/one/a.json:row 3", "/data/two/a.json:row 12"], ["one/a.json:row 3", "two/a.json:row 12"]),
        (["", ""], ["", ""]),
        ([], []),
    ],
)
def test_a_place_has_as_many_folders_as_tell_its_file_from_others(places, short):
    assert short_places(places) == short


def test_places_are_the_same_however_files_are_named_and_from_wherever(tmp_path):
    whole = [f"{tmp_path}/in/a.tsv:1", f"{tmp_path}/a.tsv:2"]
    expected = ["in/a.tsv:1", f"{tmp_path.name}/a.tsv:2"]
    (tmp_path / "in").mkdir()
    with chdir(tmp_path):
        assert short_places(["in/a.tsv:1", "a.tsv:2"]) == short_places(["./in/a.tsv:1", "in/../a.tsv:2"]) == expected
    with chdir(tmp_path / "in"):
        assert short_places(["a.tsv:1", "../a.tsv:2"]) == short_places(whole) == expected


def test_no_two_examples_have_the_same_place():
    several, whole = Places(Path("a.json")), Places(Path("a.json"), one_line=True)
    assert [several.at(line) for line in (2, 5, 5, 5, 6)] == [
        "a.json:2",
        "a.json:5",
        "a.json:row 3",
        "a.json:row 4",
        "a.json:6",
    ]
    assert [whole.at(1) for _ in range(2)] == ["a.json:row 1", "a.json:row 2"]
