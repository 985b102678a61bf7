"""Stories with four answers a question, as MCTest has them: breaks, labels, letters beside, and what is refused."""

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats, recognize
from elman.errors import DataError
from tests.fields import kinds

FIELDS = ("passage", "question", "choices", "answer")
STORY = r"Tom ran.\newline\tab Ann sat."
ASKED = ["one: Who ran?", "Tom", "Ann ", "no one", "a dog"]
OTHER = ["multiple: Who sat: then?", "Tom", "Ann", r"the\newlinecat", "Bo"]


def story(name="t.0", text=STORY, asked=(ASKED, OTHER)):
    return "\t".join([name, "Author: 1;Work Time(s): 2", text, *(column for one in asked for column in one)])


def write(folder, *stories, letters="A\tB\r\n"):
    path = folder / "t.tsv"
    path.write_text("".join(f"{one}\n" for one in stories))
    if letters is not None:
        (folder / "t.ans").write_bytes(letters.encode())
    return path


def reader(fields=FIELDS):
    kind = READERS.get("mctest")
    return kind(kind.Config(), fields)


def read(path, fields=FIELDS):
    return list(reader(fields).read([path]))


def test_an_example_is_a_question_with_its_four_answers(tmp_path):
    first, second = read(write(tmp_path, story()))
    assert first.fields == {
        "passage": "Tom ran.\n  Ann sat.",
        "question": "Who ran?",
        "choices": ["Tom", "Ann", "no one", "a dog"],
        "answer": "A",
    }
    assert first.where == second.where == f"{tmp_path}/t.tsv:1"
    assert first.about == {"id": "t.0.0", "article": "t.0", "needs": "one"}
    assert second.fields["question"] == "Who sat: then?", "the label is no word of it, and ends with the first colon"
    assert second.fields["choices"][2] == "the\ncat"
    assert second.about["needs"] == "multiple"


def test_where_answers_are_not_asked_for_letters_need_not_be_there(tmp_path):
    path = write(tmp_path, story(), letters=None)
    assert [one.fields["question"] for one in read(path, FIELDS[:3])] == ["Who ran?", "Who sat: then?"]
    with pytest.raises(DataError, match=r"t\.ans: not there, expected the letters of the answers of t\.tsv\. Put it"):
        read(path)


def test_a_file_is_known_by_its_labels_and_no_table_holds_choices(tmp_path):
    fields = (*kinds(("passage", "question")), Field("choices", Kind.CHOICES), *kinds(("answer",)))
    path = write(tmp_path, story())
    assert formats(fields) == ["mctest"]
    assert recognize([str(path)], fields, formats(fields)) == "mctest"
    (tmp_path / "b.tsv").write_text("1\tp\tA text.\tWho?\n")
    assert READERS.get("mctest").recognizes(tmp_path / "b.tsv", "1\tp\tA text.\tWho?\n", FIELDS) == 0


@pytest.mark.parametrize(
    ("stories", "letters", "said"),
    [
        ([story(asked=[ASKED[:-1], OTHER])], "A\tB", r"t\.tsv:1: got 12 columns, expected 3 and 5 of each question"),
        ([story(asked=[[*ASKED, "x"], OTHER])], "A\tB", r"t\.tsv:1: got 14 columns, .* Is an answer missing\?"),
        ([story(asked=[])], "A\tB", r"t\.tsv:1: got 3 columns, expected 3 and 5 of each question, such as 23:"),
        (
            [story(asked=[[*ASKED[:2], " ", *ASKED[3:]]])],
            "A",
            r"t\.tsv:1: question 1: answer B is empty, expected some",
        ),
        (
            [story(asked=[ASKED, ["two: Who?", *"abcd"]])],
            "A\tB",
            r"t\.tsv:1: question 2: got 'two: Who\?', expected 'one: \.\.\.' or 'multiple: \.\.\.'\. Has each four",
        ),
        ([story(asked=[["one: ", *"abcd"]])], "A", r"t\.tsv:1: question 1: got 'one: ', expected 'one: \.\.\.' or"),
        ([story(), story()], "A\tB\nA\tB", r"t\.tsv:2: id 't\.0' again, first at .*t\.tsv:1: expected one story an id"),
        (
            [story(text=" ")],
            "A\tB",
            r"t\.tsv:1: a question before any passage: expected the story in column 3\. Mend",
        ),
        ([story()], "A\tE", r"t\.ans:1: got 'E', expected A, B, C, D\. Mend it\."),
        ([story()], "A\tb", r"t\.ans:1: got 'b', expected A, B, C, D\. Mend it\."),
        ([story()], "A", r"t\.ans:1: got 1 letters, expected 2, one a question of .*t\.tsv:1\. Mend it\."),
        ([story(), story("t.1")], "A\tB", r"t\.tsv:2: no letters of this story: the file with those of t\.tsv ends"),
        ([story()], "A\tB\nC\tD", r"t\.ans:2: letters of a story that t\.tsv has not: got 2 lines, expected 1\. Are"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_place(tmp_path, stories, letters, said):
    with pytest.raises(DataError, match=said):
        read(write(tmp_path, *stories, letters=letters))
