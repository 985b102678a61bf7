"""Files that ask what word vectors know."""

import gzip
import re
import tempfile
from pathlib import Path

import pytest

from elman.data.questions import Analogies, QuestionFile, WordPairs, read_all_questions, read_questions
from elman.errors import DataError

WORDSIM = "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n"
WORDSIM_SET = "Word 1,Word 2,Human (mean),1,2,3\nlove,sex,6.77,9,6,8\ntiger,cat,7.35,9,7,8\n"
SIMLEX = (
    "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
    "love\tsex\tN\t6.77\t2.72\t2.81\t2\t7.25\t1\t0.41\n"
    "tiger\tcat\tN\t7.35\t3.5\t2.19\t1\t7.11\t1\t0.67\n"
)
RG = "love;sex;6.77\ntiger;cat;7.35\n"
MEN = "love sex 6.77\ntiger  cat 7.35\n"
GOLD = "# of people\nlove\tsex\t6.77\r\n\n# between\n  tiger \t cat\t7.35"
ANALOGIES = (
    ": capitals\nAthens Greece  Oslo Norway\n\n# a comment\n"
    ": family\nboy girl\tman woman\n: capitals\nRome Italy Bern Swiss\n"
)


def write(folder, content, name="q.txt"):
    path = folder / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        WORDSIM,
        WORDSIM_SET,
        SIMLEX,
        GOLD,
        "\ufeff" + WORDSIM,
        WORDSIM.split("\n", 1)[1],
        RG,
        MEN,
        f"one other score\n{MEN}",
        RG.replace(".", ","),
    ],
    ids=[
        "WordSim",
        "every judge",
        "SimLex",
        "comments",
        "mark",
        "no names",
        "RG-65",
        "MEN",
        "MEN with names",
        "decimal",
    ],
)
@pytest.mark.parametrize("name", ["q.csv", "q.txt.gz"])
def test_pairs_are_read_with_their_scores(tmp_path, content, name):
    found = read_questions(write(tmp_path, content, name))
    assert isinstance(found, WordPairs)
    assert found.pairs == [("love", "sex"), ("tiger", "cat")]
    assert found.scores.tolist() == [6.77, 7.35]


def test_one_pair_is_enough(tmp_path):
    assert read_questions(write(tmp_path, "a,b,1\n")).pairs == [("a", "b")]
    assert read_questions(write(tmp_path, "one,other,score\na,b,1\n")).pairs == [("a", "b")]


def test_words_may_be_of_several_parts_and_look_like_numbers(tmp_path):
    assert read_questions(write(tmp_path, "New York\t1984\t-3\na\tb\t1e1\n")).scores.tolist() == [-3, 10]


def test_a_score_is_a_number_and_not_a_word_that_stands_for_one(tmp_path):
    assert read_questions(write(tmp_path, "a,b,inf,2\nc,d,nan,3\n")).scores.tolist() == [2, 3]
    assert read_questions(write(tmp_path, "to be,or not,nan\n")) is None


def test_analogies_are_read_by_section(tmp_path):
    found = read_questions(write(tmp_path, ANALOGIES))
    assert isinstance(found, Analogies)
    assert found.sections == {
        "capitals": [("Athens", "Greece", "Oslo", "Norway"), ("Rome", "Italy", "Bern", "Swiss")],
        "family": [("boy", "girl", "man", "woman")],
    }


@pytest.mark.parametrize(
    "content",
    ["", "\n\n", "# only this\n", "It was a dark night.\n", "Well, it was.\nAnd dark.\n", "a b 3\n", "a b 3\nc d\n"],
)
def test_other_text_asks_nothing(tmp_path, content):
    assert read_questions(write(tmp_path, content)) is None


def test_analogies_need_no_sections_where_their_pairs_come_again():
    pairs = ["boy girl", "man woman", "king queen", "uncle aunt"]
    lines = [f"{one} {other}\n" for one in pairs for other in pairs if one != other]
    with tempfile.TemporaryDirectory() as folder:
        found = read_questions(write(Path(folder), "".join(lines)))
        assert found.sections == {"all": [tuple(line.split()) for line in lines]}
        assert read_questions(write(Path(folder), "the cat sat down\nthe dog got up\n" * 9)) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a b 3\nc d 4\n\nto be or\n", "q.txt:4: got 'to be or', expected two words and a score"),
        ("a;b;3\nc;d\n", "q.txt:2: got 'c;d', expected two words and a score"),
        (WORDSIM + "old,new\n", "q.txt:4: got 'old,new', expected two words and a score, tabs or commas between."),
        (WORDSIM + "\n# next\nold,new,x\n", "q.txt:6: got 'old,new,x', expected two words and a score"),
        ("a,b,1\nc,d\n", "q.txt:2: got 'c,d', expected two words and a score"),
        ("a\tb\t1\nc,d,2,\n\ne,f\n", "q.txt:4: got 'e,f', expected two words and a score"),
        (ANALOGIES + "\na b c\n", "q.txt:10: 3 words, expected four: a b c d for a : b = c : d."),
        (": capitals\nAthens Greece Oslo Norway Rome\n", "q.txt:2: 5 words, expected four: a b c d for a : b = c : d."),
    ],
)
def test_a_broken_line_is_refused_with_its_place(tmp_path, content, message):
    with pytest.raises(DataError, match=re.escape(message)):
        read_questions(write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone\.txt: cannot be read: No such file or directory\."):
        read_questions(tmp_path / "gone.txt")


def test_several_files_of_questions_stay_in_their_order(tmp_path):
    paths = [write(tmp_path, content, name) for content, name in [(ANALOGIES, "z"), (SIMLEX, "a"), (WORDSIM, "b")]]
    found = read_all_questions(paths)
    assert all(isinstance(one, QuestionFile) for one in found)
    assert [one.path for one in found] == paths
    assert [type(one.asked) for one in found] == [Analogies, WordPairs, WordPairs]


def test_files_of_text_and_no_files_ask_nothing(tmp_path):
    assert read_all_questions([write(tmp_path, "some text\n", "t"), write(tmp_path, "more\n", "u")]) == []
    assert read_all_questions([]) == []


@pytest.mark.parametrize("turned", [False, True])
def test_text_and_questions_are_not_mixed(tmp_path, turned):
    paths = [write(tmp_path, WORDSIM, "pairs.csv"), write(tmp_path, "some text\n", "book.txt")]
    message = r"pairs\.csv has questions and .*book\.txt has text: expected one kind\. Give one of them\."
    with pytest.raises(DataError, match=message):
        read_all_questions(paths[::-1] if turned else paths)
