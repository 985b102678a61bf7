"""CoNLL-U."""

from pathlib import Path

import pytest

from elman.data.readers import READERS
from elman.data.readers.conllu import ConlluReader
from elman.errors import DataError
from tests.fields import kinds

TEXT = """# sent_id = 1
# text = vámonos al mar
1-2	vámonos	_	_	_	_	_	_	_	_
1	vamos	ir	VERB	VM	Mood=Ind	0	root	_	_
2	nos	nosotros	PRON	PP	_	1	obj	_	_
2.1	sea	ser	VERB	_	_	_	_	_	_
# a comment within
3	10 000	mar	NUM	Z	_	1	nmod:x	_	_

1	Sí	sí	INTJ	I	_	0	root	_	_
"""


def read(path, text, fields=("words", "tags"), **options):
    path.write_text(text, encoding="utf-8")
    reader = ConlluReader(ConlluReader.Config(**options), fields)
    return list(reader.read([path])), reader


def test_ranges_and_empty_nodes_are_passed_over_and_counted(tmp_path):
    examples, reader = read(tmp_path / "a.conllu", TEXT)
    assert [example.fields for example in examples] == [
        {"words": ["vamos", "nos", "10 000"], "tags": ["VERB", "PRON", "NUM"]},
        {"words": ["Sí"], "tags": ["INTJ"]},
    ]
    assert [example.where.rpartition(":")[2] for example in examples] == ["4", "10"]
    assert reader.skipped == {"multiword tokens": 1, "empty nodes": 1}


@pytest.mark.parametrize(
    ("tag", "tags"),
    [("xpos", ["VM", "PP", "Z"]), ("feats", ["Mood=Ind", "_", "_"]), ("deprel", ["root", "obj", "nmod:x"])],
)
def test_other_columns_are_tags_too(tmp_path, tag, tags):
    assert read(tmp_path / "a.conllu", TEXT, tag=tag)[0][0].fields["tags"] == tags


def test_words_alone(tmp_path):
    assert read(tmp_path / "a.conllu", TEXT, ("words",))[0][1].fields == {"words": ["Sí"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# c\n1\tEU\tNNP\n", r"a\.conllu:2: got 3 columns, expected 10 with tabs between, .* set reader\.name=conll"),
        ("x" + "\t_" * 9, r"a\.conllu:1: got 'x' in the first column, expected the number of the word, such as 3"),
        ("# only\n# comments\n", r"a\.conllu: no example in it: got nothing, expected one or more\."),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.conllu", text)


def test_what_it_gives_and_recognizes():
    fields = ("words", "tags")
    assert ConlluReader.gives(kinds(fields))
    assert not ConlluReader.gives(kinds(("text", "labels")))
    assert ConlluReader.recognizes(Path("en-ud-train.conllu.gz"), "", fields) == 3
    assert ConlluReader.recognizes(Path("a.txt"), TEXT, fields) == 3
    assert ConlluReader.recognizes(Path("a.txt"), "1\tEU\tNNP\n", fields) == 0


REST = "\t_" * 6 + "\n"


def test_numbers_that_begin_again_begin_a_sentence_and_are_told(tmp_path):
    path = tmp_path / "a.conllu"
    examples, reader = read(path, f"1\tEU\t_\tPROPN{REST}2\tsays\t_\tVERB{REST}1\tno\t_\tINTJ{REST}")
    assert [example.fields["words"] for example in examples] == [["EU", "says"], ["no"]]
    assert reader.remarks == [
        f"a.conllu: numbers begin again at 1 without an empty line before, 1 time, first at {path}:3: read as new "
        "sentences"
    ]


def test_an_empty_word_is_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"a\.conllu:1: got an empty word in .*, expected one\. CoNLL-U writes _ for none"
    ):
        read(tmp_path / "a.conllu", f"1\t\t_\tPROPN{REST}")


def test_columns_that_the_file_names(tmp_path):
    text = "# global.columns = ID FORM UPOS PARSEME:MWE\n# x\n1\tEU\tPROPN\t*\n2\tis\tAUX\t1:VID\n"
    examples, _ = read(tmp_path / "a.txt", text)
    assert examples[0].fields == {"words": ["EU", "is"], "tags": ["PROPN", "AUX"]}
    assert read(tmp_path / "a.txt", text, tag="parseme:mwe")[0][0].fields["tags"] == ["*", "1:VID"]
    assert ConlluReader.recognizes(Path("a.txt"), text, ("words", "tags")) == 3
    message = r"a\.txt:3: no column 'xpos': got id, form, upos, parseme:mwe\. Set reader\.tag to one of them"
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.txt", text, tag="xpos")


def test_a_file_that_begins_with_an_empty_node_is_recognized():
    text = f"0.1\tx\t_\tX{REST}1\tEU\t_\tPROPN{REST}"
    assert ConlluReader.recognizes(Path("a.txt"), text, ("words", "tags")) == 3


def test_what_is_to_be_answered_has_its_text(tmp_path):
    path = tmp_path / "a.conllu"
    row = "{}\t{}\t_\tX\t_\t_\t_\t_\t_\t{}\n"
    glued = [row.format(1, "Stop", "SpaceAfter=No"), row.format(2, "!", "_"), row.format(3, "Now", "Gloss=x"), "\n"]
    told = ["# text = voy al mar\n", row.format("2-3", "al", "_"), row.format(1, "voy", "_"), row.format(2, "a", "_")]
    path.write_text("".join([*glued, *told]))
    kind = READERS.get("conllu")
    reader = kind(kind.Config(), ("words", "tags"))
    assert [one.fields.get("text") for one in reader.read([path])] == [None, None]
    assert [one.fields["text"] for one in reader.for_answers().read([path])] == ["Stop! Now", "voy al mar"]
