"""Which format a file looks like, and which task is meant by it."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.layout import has_sentences
from elman.data.readers import formats, recognize
from elman.errors import DataError

TEXTS = (Field("text", Kind.TEXT), Field("labels", Kind.LABELS))
TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
PAIRS = (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL))
WRITTEN = (Field("source", Kind.TEXT), Field("target", Kind.TEXT))

BLANKS = "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\nPeter NNP B-PER\nBlackburn NNP I-PER\n\n"
TABS = "EU\tB-ORG\nrejects\tO\n\nPeter\tB-PER\ncame\tO\n\n"
CONLLU = "".join(f"{n}\t{word}\t_\tX\t_\t_\t0\t_\t_\t_\n" + "\n" * (n == 2) for word in "abc" for n in (1, 2))


@pytest.mark.parametrize(
    ("text", "fields", "like", "otherwise"),
    [
        (BLANKS * 30, TEXTS, "conll", "; or, if each line is a text, --set reader.name=labeled"),
        (TABS, TEXTS, "conll", "; or, if each line is a text, --set reader.name=table"),
        (CONLLU, TEXTS, "conllu", "; or, if each line is a text, --set reader.name=table"),
        (BLANKS, PAIRS, "conll", ""),
    ],
)
def test_words_with_tags_are_no_texts_with_labels(tmp_path, text, fields, like, otherwise):
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        recognize([str(path)], fields, formats(fields))
    assert str(refused.value) == (
        f"{path}: looks like {like} (a word and its tag a line, an empty line after each sentence): got a tag for each "
        f"word, expected a label for each text. Train tag? elman train tag {path}{otherwise}."
    )


@pytest.mark.parametrize(
    ("name", "text", "like"),
    [
        ("a.tsv", "text\tlabel\n" + "good film\tpos\nbad film\tneg\n" * 9, "table (text, label)"),
        ("a.jsonl", '{"text": "good film", "label": "pos"}\n' * 9, "jsonl (text, label)"),
    ],
)
def test_texts_with_labels_are_no_words_with_tags(tmp_path, name, text, like):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        recognize([str(path)], TAGGED, formats(TAGGED))
    assert str(refused.value) == (
        f"{path}: looks like {like}: got a label for each text, expected a tag for each word. Train classify? elman "
        f"train classify {path}; or, if each line is a word with its tag, --set reader.name=conll."
    )
    path = tmp_path / "a.txt"
    path.write_text("text\tlabel\nEU\tB-ORG\nis\tO\n\nhere\tO\n\n")
    assert recognize([str(path)], TAGGED, formats(TAGGED)) == "conll"


@pytest.mark.parametrize(
    "text",
    [
        "ann\tpos\n\nbo\tneg\n\nlee\tpos\n\n",  # an empty line behind each row, as doubled line ends make it
        "0 good film\n1 bad\n\n0 well made\n1 no\n\n",
        "a\nb\n\nc\nd\n\n",
        "EU O\nPeter O\n",
    ],
)
def test_lines_that_are_no_sentences_are_none(text):
    assert not has_sentences(text)


def test_a_word_and_what_is_written_for_it_may_well_stand_beside_each_other(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("ab\tA B\nc\tC\n\nd\tD\nef\tE F\n\n")
    assert recognize([str(path)], WRITTEN, formats(WRITTEN)) == "table"
