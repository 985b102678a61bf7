"""Questions about passages as of SQuAD: where answers stand, which articles are a part, and what is refused."""

import json
from itertools import product

import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats, recognize
from elman.errors import DataError
from elman.text.passages import Span

FIELDS = ("passage", "question", "golds")
KINDS = (Field("passage", Kind.TEXT), Field("question", Kind.TEXT), Field("golds", Kind.SPANS))
TEXT = "Ann has the golden cup of gold."


def asked(name="1", question="What?", answers=(("gold", 26),), **more):
    given = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": name, "question": question, "answers": given, **more}


def write(folder, *articles, **more):
    path = folder / "a.json"
    made = [{"title": f"t{n}", "paragraphs": [{"context": text, "qas": qas}]} for n, (text, qas) in enumerate(articles)]
    path.write_text(json.dumps({"data": made, **more}))
    return path


def read(path, part="", **options):
    kind = READERS.get("squad")
    reader = kind(kind.Config(**options), FIELDS)
    return list(reader.read(reader.find([f"{path}{part}"]))), reader


def test_a_file_is_known_by_its_paragraphs(tmp_path):
    path = write(tmp_path, (TEXT, [asked()]))
    assert recognize([str(path)], KINDS, formats(KINDS)) == "squad"


def test_an_example_is_as_the_file_has_it(tmp_path):
    (one,), _ = read(write(tmp_path, (f"  {TEXT}\n", [asked(question=" What? ", answers=[("gold", 28)])])))
    assert one.fields["passage"] == f"  {TEXT}\n", "not stripped: places count its characters"
    assert one.fields["question"] == " What? "
    assert one.fields["golds"] == [Span("gold", 28)]
    assert one.about == {"id": "1", "article": "t0"}


def test_a_number_is_an_id_too_and_a_file_needs_no_version_or_title(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"data": [{"paragraphs": [{"context": TEXT, "qas": [asked(7)]}, {"context": "B", "qas": []}]}]})
    )
    (one,), _ = read(path)
    assert one.about["id"] == "7"


def test_answers_that_are_not_where_they_should_be_are_found_and_told_once(tmp_path):
    some = [asked("a", answers=[("gold", 25)]), asked("b", answers=[("cup", 0)]), asked("c", answers=[("silver", 3)])]
    found, reader = read(write(tmp_path, (TEXT, some)))
    assert [one.fields["golds"][0].start for one in found] == [26, 19, -1]
    assert reader.remarks == [
        "a.json: 2 answers are not where they are said to be, and were found",
        "a.json: 1 answers are nowhere in their passage, first of c: not learned from, and compared by their text",
    ]


def test_questions_without_an_answer_are_counted_and_left_out(tmp_path):
    some = [asked("a"), asked("b", answers=()), asked("c", is_impossible=True)]
    found, reader = read(write(tmp_path, (TEXT, some), version="v2.0"))
    assert len(found) == 1
    assert dict(reader.skipped) == {"unanswerable questions left out; this task always answers": 2}


def test_parts_share_no_article(tmp_path):
    path = write(tmp_path, *[(f"{TEXT} {n}", [asked(f"{n}{place}") for place in "xy"]) for n in range(7)])
    titles = [{one.about["article"] for one in read(path, f"#{part}/3")[0]} for part in ("0-1", "2")]
    assert titles == [{"t0", "t1", "t3", "t4", "t6"}, {"t2", "t5"}]
    wheres = [one.where for part in ("0-1", "2") for one in read(path, f"#{part}/3")[0]]
    assert len(set(wheres)) == 14


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ((TEXT, [asked(), asked()]), ":row 2: id '1' again, first at "),
        (
            ("  ", [asked(answers=[("a", 0)])]),
            ":row 1: an empty passage (id 1): expected some words. Mend or remove it.",
        ),
        ((TEXT, [asked(question="")]), ":row 1: an empty question (id 1): expected some words. Mend or remove it."),
        ((7, [asked()]), ":row 1: got context '7', expected a text. Mend the file."),
        ((TEXT, "none"), ": article 0, a paragraph: got qas 'none', expected a list of objects. Mend the file."),
        ((TEXT, [{"question": "What?"}]), ": article 0, a question: got no id, expected one. Give it one."),
        ((TEXT, [{**asked(), "answers": 5}]), ":row 1: got answers '5', expected a list of objects. Mend the file."),
        ((TEXT, [asked(answers=[(3, 0)])]), ":row 1: got answer "),
        ((TEXT, [asked(answers=[("Ann", "0")])]), ":row 1: got answer "),
    ],
    ids=["ids", "passage", "question", "context", "qas", "no id", "answers", "answer", "place"],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path, article, said):
    path = write(tmp_path, article)
    with pytest.raises(DataError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}{said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty. Give it some text."),
        (" \n", "nothing but white space. Give it some text."),
        ('{"data": ', "not JSON: "),
        ('{"rows": []}', 'got no list of articles, expected {"data": [{"paragraphs": [...]}]}. Mend it.'),
        ('{"data": []}', "no example in it: got nothing, expected one or more. Is it the file?"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, text, said):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}: {said}")


@pytest.mark.parametrize("part", ["9/6", "6/6", "3-1/6", "0-6/6"])
def test_a_part_in_which_no_article_can_be_is_refused(tmp_path, part):
    path = write(tmp_path, (TEXT, [asked()]))
    with pytest.raises(DataError, match=rf"got part '{part}', in which no article can be: numbers divided by 6 leave"):
        read(path, f"#{part}")


def test_parts_overlap_where_some_number_of_an_article_is_of_both():
    kind = READERS.get("squad")
    reader = kind(kind.Config(), FIELDS)
    parts = ["", "0-3/6", "4/6", "5/12", "0-1/4", "2-6/7", "1/2"]
    for one, other in product(parts, repeat=2):
        numbers = [{n for n in range(2520) if has(part, n)} for part in (one, other)]
        assert reader.overlap(one, other) == bool(numbers[0] & numbers[1]), (one, other)


def has(part, number):
    """Say whether an article is of a part, by the words of the documentation."""
    ends, _, of = part.partition("/")
    first, _, last = ends.partition("-")
    return not part or int(first) <= number % int(of) <= int(last or first)


@pytest.mark.parametrize("part", ["valid", "1/0", "-1/3"])
def test_a_part_that_is_none_is_refused(tmp_path, part):
    path = write(tmp_path, (TEXT, [asked()]))
    with pytest.raises(DataError, match=r"expected FIRST-LAST/OF articles, such as 0-3/6 or 4/6\."):
        read(path, f"#{part}")
