"""Which format a file looks like."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.layout import has_sentences
from elman.data.readers import formats, recognize

TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
WRITTEN = (Field("source", Kind.TEXT), Field("target", Kind.TEXT))


def test_a_header_does_not_make_labels_of_tags(tmp_path):
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
