"""Inflections."""

from pathlib import Path

import pytest

from elman.data.readers.sigmorphon import SigmorphonReader
from elman.errors import DataError
from elman.text.tokenizers.marked import MarkedTokenizer

WRITTEN = ("source", "target")


def read(path, text, fields=WRITTEN):
    path.write_text(text, encoding="utf-8")
    reader = SigmorphonReader(SigmorphonReader.Config(), fields)
    return [example.fields for example in reader.read([path])], reader


def test_features_stand_before_the_lemma_and_forms_may_have_blanks(tmp_path):
    examples, reader = read(tmp_path / "a", "absetzen\tsetzten ab\tV;SBJV;PST\n\nen büyük\ten büyük\tN;IN+ESS\n")
    assert examples[0] == {"source": "<V><SBJV><PST>absetzen", "target": ["setzten ab"]}
    assert examples[1]["source"] == "<N><IN+ESS>en büyük"
    assert reader.skipped == {"empty lines": 1}
    assert MarkedTokenizer().split(examples[1]["source"]) == ["<N>", "<IN+ESS>", *"en büyük"]


def test_features_are_single_tokens_and_blanks_can_be_seen():
    tokenizer = MarkedTokenizer()
    assert tokenizer.split("a < b <PL>c<>") == ["a", " ", "<", " ", "b", " ", "<PL>", "c", "<", ">"]
    assert [tokenizer.shown(token) for token in ("<PL>", " ", "a")] == ["<PL>", "␣", "a"]


def test_a_file_without_forms_can_be_answered(tmp_path):
    assert read(tmp_path / "a", "go\tV;PST\n", ("source",))[0] == [{"source": "<V><PST>go"}]


def test_other_columns_are_refused(tmp_path):
    message = r"a:1: got 2 columns, expected three with tabs between: lemma, form, features\. Mend or remove the line\."
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a", "go\tV;PST\n")


@pytest.mark.parametrize(
    ("text", "fields", "sure"),
    [
        ("go\twent\tV;PST\n", WRITTEN, 3),
        ("go\tV;PST\n", WRITTEN, 0),
        ("go\tV;PST\n", ("source",), 3),
        ("go\twent\tYES\n", WRITTEN, 0),
        ("a\tb\tso it goes\n", WRITTEN, 0),
        ("", WRITTEN, 0),
    ],
)
def test_what_it_recognizes(text, fields, sure):
    assert SigmorphonReader.recognizes(Path("a"), text, fields) == sure
