"""Stories with questions, as bAbI has them: what a question sees, and what is refused with its line."""

from pathlib import Path

import pytest

from elman.data.readers import READERS, recognize
from elman.data.sources import head
from elman.errors import DataError
from tests.fields import kinds

FIELDS = ("story", "question", "answer")
TEXT = """1 Mary moved to the bathroom.
2 John went to the hallway.
3 Where is Mary? \tbathroom\t1
4 Daniel went back to the hallway.
5 Sandra moved to the garden.
6 Where is Daniel? \thallway\t4
1 Sandra took the milk.
2 What has Sandra?\tmilk,football
"""


def reader(fields=FIELDS):
    kind = READERS.get("babi")
    return kind(kind.Config(), fields)


def read(folder, text, fields=FIELDS):
    path = folder / "qa1_train.txt"
    path.write_text(text)
    return list(reader(fields).read([path]))


def test_a_question_sees_the_sentences_before_it_and_no_other_question(tmp_path):
    first, second, third = read(tmp_path, TEXT)
    assert first.fields == {
        "story": ["Mary moved to the bathroom.", "John went to the hallway."],
        "question": "Where is Mary?",
        "answer": "bathroom",
    }
    assert len(second.fields["story"]) == 4
    assert second.fields["story"][2:] == ["Daniel went back to the hallway.", "Sandra moved to the garden."]
    assert first.where.endswith("qa1_train.txt:3")
    assert third.where.endswith("qa1_train.txt:8")
    assert third.fields["story"] == ["Sandra took the milk."], "1 begins another story"
    assert third.fields["answer"] == "milk,football", "an answer is one class, as it is written"


def test_sentences_that_support_an_answer_may_stand_in_any_order(tmp_path):
    text = "1 A b.\n2 C d.\n3 Is it? \tyes\t1\n4 E f.\n5 Is it? \tno\t4 2 1\n"
    assert [example.fields["answer"] for example in read(tmp_path, text)] == ["yes", "no"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("1 Where is Mary?\thome\t1\n", 1, "a question before any sentence: got 'Where is Mary?', expected sentences"),
        ("1 A b.\n1 Who?\ta\n", 2, "a question before any sentence: got 'Who?'"),
        ("2 A b.\n3 Who?\ta\n", 1, "line number 2, expected 1, the beginning of a story. Is a line missing?"),
        ("1 A b.\n3 Who?\ta\n", 2, "line number 3, expected 2, or 1 for a new story. Is a line missing?"),
        ("1 A b.\n2 C d.\n2 Who?\ta\n", 3, "line number 2, expected 3, or 1 for a new story."),
        ("1 A b.\nWho?\ta\n", 2, "got 'Who?\\ta', expected a number, a blank and a sentence. Mend it."),
        ("1 A b.\n2\n", 2, "got '2', expected a number, a blank and a sentence."),
        ("1 A b.\n2 Who?  a  1\n", 2, "got 'Who?  a  1', expected a tab between the question and its answer."),
        ("1 A b.\n2 Who?\n", 2, "got 'Who?', expected a tab between the question and its answer. Write one."),
        ("1 A b.\n2 Who?\t\n", 2, "a question without an answer: got 'Who?'. Write it behind the tab."),
        ("1 A b.\n2 Who?\ta\t1\tb\n", 2, "got 3 tabs, expected one or two: a question, its answer, and the numbers"),
        ("1 A b.\n2 Who?\ta\t3\n", 2, "follows from '3', expected the number of a sentence before the question, such"),
        ("1 A b.\n2 Who?\ta\n3 C d.\n4 Who?\ta\t3 2\n", 4, "follows from '2', expected the number of a sentence"),
        ("1 A b.\n2 Who?\ta\tx\n", 2, "follows from 'x', expected the number of a sentence before the question, such "
         "as 1. Mend or leave out the numbers."),
    ],
)  # fmt: skip
def test_what_is_no_story_is_refused_with_its_line(tmp_path, text, line, said):
    with pytest.raises(DataError) as refused:
        read(tmp_path, text)
    place, _, message = str(refused.value).partition(f"qa1_train.txt:{line}: ")
    assert Path(place) == tmp_path
    assert message.startswith(said)


def test_stories_without_a_question_have_no_example(tmp_path):
    with pytest.raises(DataError, match="no example in it"):
        read(tmp_path, "1 A b.\n2 C d.\n")


def test_questions_that_are_to_be_answered_need_no_answer(tmp_path):
    path = tmp_path / "new.txt"
    path.write_text("1 A b.\n2 Who?\t\n")
    (example,) = reader(FIELDS[:2]).for_answers().read([path])
    assert example.fields == {"story": ["A b."], "question": "Who?"}


@pytest.mark.parametrize(
    ("text", "sure"),
    [(TEXT, 3), ("1 A b.\n2 C d.\n", 1), ("2 A b.\n3 Who?\ta\n", 0), ("1 A b.\nWho?\ta\n", 0), ("a\tb\n", 0)],
)
def test_it_looks_like_numbered_lines_some_with_tabs(tmp_path, text, sure):
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert READERS.get("babi").recognizes(path, head(path), FIELDS) == sure


def test_it_is_found_for_stories_and_for_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    kind = READERS.get("babi")
    assert kind.gives(kinds(FIELDS))
    assert kind.gives(kinds(FIELDS[:2]))
    assert not kind.gives(kinds(("text", "labels")))
    assert not kind.gives(kinds(("question", "answer")))
    assert recognize([str(path)], kinds(FIELDS), ["babi"]) == "babi"
