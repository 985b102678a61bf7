"""Mails and their subjects."""

import pytest

from elman.data.readers import recognize
from elman.data.readers.aeslc import AeslcReader
from elman.errors import DataError
from tests.fields import kinds

WRITTEN = ("source", "target")
MAIL = "Hi Phil,\nthe @subject is\nas below.\n\n@subject\nMeeting  10/30\n\n@ann0\nmeeting\n\n@ann1\nmeet\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "a.subject").write_text(MAIL)
    (tmp_path / "dev" / ".hidden").write_text("no mail")
    return tmp_path / "dev"


def read(folder, fields=WRITTEN):
    reader = AeslcReader(AeslcReader.Config(), fields)
    return list(reader.read([folder])), reader


def test_only_a_line_of_its_own_is_a_mark_and_every_subject_is_right(folder):
    examples, _ = read(folder)
    assert [example.fields for example in examples] == [
        {"source": "Hi Phil, the @subject is as below.", "target": ["Meeting 10/30", "meeting", "meet"]}
    ]
    assert examples[0].where == str(folder / "a.subject")


def test_a_file_without_a_subject_is_refused_and_an_empty_one_passed_over(folder):
    (folder / "b.subject").write_text(" \n")
    (folder / "c").mkdir()
    assert read(folder)[1].skipped == {"empty files": 1, "folders in the folder": 1}
    (folder / "b.subject").write_text("Hello\n")
    message = r"b\.subject: got no line @subject, expected one between body and subject\. Add it\."
    with pytest.raises(DataError, match=message):
        read(folder)
    assert read(folder, ("source",))[0][1].fields == {"source": "Hello"}


def test_what_it_recognizes(folder):
    able = ["aeslc", "table"]
    assert recognize([str(folder)], kinds(WRITTEN), able) == "aeslc"
    assert AeslcReader.recognizes(folder / "a.subject", MAIL, WRITTEN) == 0
    (folder / "0").write_text("no mail")
    assert AeslcReader.recognizes(folder, "", WRITTEN) == 0
