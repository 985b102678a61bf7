"""Pronouncing dictionaries."""

from pathlib import Path

import pytest

from elman.data.readers.cmudict import CmudictReader
from elman.errors import DataError

WRITTEN = ("source", "target")


def read(path, text, fields=WRITTEN, **options):
    path.write_bytes(text.encode())
    reader = CmudictReader(CmudictReader.Config(**options), fields)
    return [example.fields for example in reader.read([path])], reader


def test_a_word_is_one_example_with_all_its_pronunciations(tmp_path):
    text = ";;; a comment\r\nLEAD  L EH D\r\nLEAD  L IY D\r\nLEAD  L EH D\r\nCAT  K AE T\r\n"
    examples, reader = read(tmp_path / "a", text)
    assert examples == [{"source": "LEAD", "target": ["L EH D", "L IY D"]}, {"source": "CAT", "target": ["K AE T"]}]
    assert reader.skipped == {"comments": 1, "lines again": 1}


def test_numbers_of_variants_and_remarks_are_no_part_of_it(tmp_path):
    text = "a AH0\na(2) EY1\naalborg AO1 L B AO0 R G # place, danish\n(paren) P ER0 EH1 N\n"
    examples, _ = read(tmp_path / "a", text)
    assert examples[0] == {"source": "a", "target": ["AH0", "EY1"]}
    assert examples[1]["target"] == ["AO1 L B AO0 R G"]
    assert examples[2]["source"] == "(paren)"


def test_stress_may_be_left_out_and_what_is_then_the_same_is_once(tmp_path):
    examples, reader = read(tmp_path / "a", "a AH0\na(2) AH1\n", stress=False)
    assert examples == [{"source": "a", "target": ["AH"]}]
    assert reader.skipped == {"lines again": 1}


def test_a_word_without_phones_is_refused_unless_it_is_to_be_pronounced(tmp_path):
    with pytest.raises(DataError, match=r"a:2: got 'dog' without phones, expected some behind it, such as dog  AH B\."):
        read(tmp_path / "a", "a AH0\ndog\n")
    assert read(tmp_path / "a", "a AH0\ndog\n", ("source",))[0] == [{"source": "a"}, {"source": "dog"}]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("'bout B AW1 T\na AH0\n", 3),
        (";;; x\nA  AH\nB  B IY\n", 3),
        ("I AM HERE\n", 0),
        ("IN: walk OUT: I_WALK\n", 0),
        ("", 0),
    ],
)
def test_what_it_recognizes(text, sure):
    assert CmudictReader.recognizes(Path("a"), text, WRITTEN) == sure
