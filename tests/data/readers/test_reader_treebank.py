"""Treebanks."""

from pathlib import Path

import pytest

from elman.data.readers.treebank import TreebankReader
from elman.errors import DataError

WRITTEN = ("source", "target")
TWO = """
( (S (NP-SBJ (NNP Ann)
     (-NONE- *T*-1))
   (VP (VBZ sleeps))
   (. .)))
( (FRAG (NP (-NONE- *)) (RB not)))
"""


def read(path, text, fields=WRITTEN):
    path.write_text(text)
    reader = TreebankReader(TreebankReader.Config(), fields)
    return [(example.fields, example.where.rpartition(":")[2]) for example in reader.read([path])]


def test_words_and_the_tree_on_one_line(tmp_path):
    assert read(tmp_path / "a", TWO) == [
        ({"source": "Ann sleeps .", "target": ["(S (NP XX )NP (VP XX )VP . )S"]}, "2"),
        ({"source": "not", "target": ["(FRAG XX )FRAG"]}, "6"),
    ]
    assert read(tmp_path / "a", TWO, ("source",))[1] == ({"source": "not"}, "6")


def test_brackets_that_do_not_match_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"a:2: not a tree: got 2 more '\(' than '\)' at the end of the file, expected"):
        read(tmp_path / "a", "(S (X a))\n(S (X (Y a)\n")
    with pytest.raises(DataError, match=r"a:1: not a tree: got '\)' before '\('\. Mend the line\."):
        read(tmp_path / "a", "(S (X a)))\n")


def test_what_it_recognizes():
    assert TreebankReader.recognizes(Path("a"), TWO, WRITTEN) == 3
    assert TreebankReader.recognizes(Path("a"), "(3 (2 It) (3 works))\n", WRITTEN) == 0
    assert TreebankReader.recognizes(Path("a"), "(in brackets) some text\n", WRITTEN) == 0
