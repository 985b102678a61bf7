"""What is taken for one text, for many, and for a pair."""

import pytest

import elman
from elman.errors import ConfigError
from elman.inference.wanting import is_pair, lines_of

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
