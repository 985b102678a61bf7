"""What is taken for one text, for many, and for a pair."""

import pytest

import elman
from elman.errors import ConfigError
from elman.inference.wanting import is_pair, lines_of
from elman.tasks import TASKS

EXPECTED = "a text or a list of texts"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """A model of pairs."""
    folder = tmp_path_factory.mktemp("pairs")
    (folder / "pairs.tsv").write_text("first\tsecond\tlabel\n" + "a b\tc\tyes\nc\ta\tno\n" * 8)
    options = {"steps": 1, "hidden": 4, "threads": 1, "out": folder / "run", "listener": elman.silent}
    return elman.load(elman.train("pair", folder / "pairs.tsv", **options))


@pytest.fixture(scope="module")
def tags(tmp_path_factory):
    """A tagger."""
    folder = tmp_path_factory.mktemp("tags")
    (folder / "tags.txt").write_text("a X\nb Y\n\n" * 8)
    options = {"steps": 1, "hidden": 4, "threads": 1, "out": folder / "run", "listener": elman.silent}
    return elman.load(elman.train("tag", folder / "tags.txt", **options))


def test_a_tuple_of_two_texts_is_one_pair_and_gets_one_answer(pairs):
    one = pairs.predict("a b\tc")
    assert {label for label, _ in one} == {"yes", "no"}
    assert pairs.predict(("a b", "c")) == one
    assert pairs.predict([("a b", "c")]) == pairs.predict([["a b", "c"]]) == pairs.predict(["a b\tc"]) == [one]
    assert pairs.predict(("a b\tc", "c\ta")) == [one, pairs.predict("c\ta")]


def test_what_is_no_pair_is_refused_with_the_way_to_give_one():
    for wrong, got in [([["a"]], "1 text"), ([["a", "b", "c"]], "3 texts"), ([[]], "0 texts")]:
        match = rf"predict: got {got} in place of a pair, expected two\. Give each pair as a tuple: \[\(fir"
        with pytest.raises(ConfigError, match=match):
            lines_of("predict", wrong, True, EXPECTED)
    with pytest.raises(ConfigError, match=r"predict: got a list with int, expected a text or a list of texts\."):
        lines_of("predict", [1], True, EXPECTED)


@pytest.mark.parametrize(
    ("given", "is_one"),
    [(("a", "b"), True), (["a", "b"], False), (("a\tb", "c\td"), False), (("a",), False), (("a", ["b"]), False)],
)
def test_which_values_are_one_pair(given, is_one):
    assert is_pair(given) == is_one


def test_a_sentence_without_words_has_no_tags(tags):
    assert tags.predict([[]]) == tags.predict([""]) == [[]]
    assert tags.predict([["a", "b"], []]) == [tags.predict("a b"), []]
    assert tags.predict("") == []
    assert tags.predict([]) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda run: run.evaluate(None), r"^evaluate: got None, expected the name of a file or a list of them\.$"),
        (lambda run: run.evaluate([3]), r"^evaluate: got a list with int 3, expected the name of a file or a list"),
        (lambda run: run.predict("a b", threshold="x"), r"^threshold: got 'x', expected a probability above 0"),
        (lambda run: run.read(None), r"^read: got None, expected the name of a file"),
        (lambda run: run.predict(3), r"^predict: got int, expected a text or a list of texts\.$"),
        (lambda run: run.parse(None), r"^parse: got NoneType, expected one text\.$"),
    ],
)
def test_what_is_no_file_or_text_is_told_by_its_type(tags, call, message):
    with pytest.raises(ConfigError, match=message):
        call(tags)


def test_alternatives_are_refused_where_an_answer_has_none(tags):
    match = r"k: got 5, expected none: a word has one tag, whose probability is among the facts"
    with pytest.raises(ConfigError, match=match):
        tags.answer([tags.parse("a b")], 5)
    assert tags.answer([tags.parse("a b")], 1)[0].value == tags.predict("a b")


@pytest.mark.parametrize(
    ("task", "options", "why"),
    [
        ("pair", {"target": "score"}, "a pair has one score"),
        ("forecast", {}, "a forecast is one number, with its quantiles beside it"),
        ("strokes", {}, "one point is the likeliest; elman generate draws many drawings"),
        ("handwriting", {}, "one point is the likeliest; elman generate draws many drawings"),
        ("pair", {}, ""),
        ("forecast", {"binary": True}, ""),
        ("classify", {}, ""),
    ],
)
def test_which_tasks_have_no_alternatives(task, options, why):
    assert TASKS.get(task).Config(**options).single == why


def test_a_pair_is_scored_only_where_a_target_is_written_to_a_source(small_run, tags):
    match = r"score: got the pair \('a', 'b'\), expected a list of lines, such as \[line\]: a run of task lm writes"
    with pytest.raises(ConfigError, match=match):
        elman.load(small_run).score([("a", "b")])
    with pytest.raises(ConfigError, match=r"task 'tag' has no score; a run of task 'caption', 'lm' or 'seq2seq' has"):
        tags.score([("a", "b")])


def test_a_target_behind_its_source_may_be_a_tuple(tmp_path):
    (tmp_path / "texts.tsv").write_text("source\ttarget\n" + "".join(f"a b{n}\tc d{n} e f\n" for n in range(20)))
    options = {"steps": 1, "hidden": 4, "threads": 1, "out": tmp_path / "run", "listener": elman.silent}
    model = elman.load(elman.train("seq2seq", tmp_path / "texts.tsv", **options))
    assert model.score([("a b", "c")]) == model.score(["a b\tc"])
    with pytest.raises(ConfigError, match=r"score: got a list with int, expected a list of pairs, such as"):
        model.score([1])
