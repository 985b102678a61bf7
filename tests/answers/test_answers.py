"""What a person and a program are told, kind by kind."""

import numpy as np
import pytest

from elman.answers.base import ranked_facts, ranked_line, rounded
from elman.answers.continuations import going_on
from elman.answers.labels import beginning, labeled, likeliest, shown
from elman.answers.neighbours import completed, nearest
from elman.answers.pairs import paired
from elman.answers.tags import Tagged, bracketed, offsets_of, tagged
from elman.data.records import Example

FOUND = [("good", 0.75), ("bad", 0.23456)]
LABELS = [{"label": "good", "probability": 0.75}, {"label": "bad", "probability": 0.2346}]
TEXT = Example({"text": "A fine day."}, "data/a.tsv:3")
SERIES = Example({"frames": np.zeros((1200, 2))}, "data/a.ts:7")
PAIR = Example({"first": "one", "second": "two"})


def test_names_stand_beside_their_numbers():
    assert ranked_line(FOUND) == "good 0.750  bad 0.235"
    assert ranked_line([]) == ""
    assert ranked_facts(FOUND, "label", "probability") == LABELS


def test_numbers_of_every_shape_have_four_digits():
    assert rounded(np.array([0.12344, 0.12346], np.float32)) == [0.1234, 0.1235]
    assert rounded(np.array([[1, 2 / 3], [0, 0.5]])) == [[1.0, 0.6667], [0.0, 0.5]]
    assert rounded(np.empty(0)) == []


def test_the_likeliest_come_first_and_of_equal_ones_the_first_named():
    log_probs = np.log([0.2, 0.4, 0.4])
    assert likeliest(log_probs, "abc", 2) == [("b", pytest.approx(0.4)), ("c", pytest.approx(0.4))]
    assert [name for name, _ in likeliest(log_probs, "abc", 9)] == ["b", "c", "a"]
    assert likeliest(log_probs, "abc", 0) == []


def test_a_text_with_its_labels():
    answer = labeled(TEXT, FOUND, True)
    assert (answer.value, answer.shown) == (FOUND, "good 0.750  bad 0.235\tA fine day.")
    assert answer.facts == {"text": "A fine day.", "labels": LABELS}
    assert labeled(TEXT, FOUND, False).facts == {}
    assert labeled(TEXT, [], False).shown == "(none)\tA fine day."
    looked = labeled(TEXT, FOUND, True, ["A", "day"], np.array([0.25, 0.75])).facts["attention"]
    assert looked == {"words": ["A", "day"], "weights": [0.25, 0.75]}


def test_a_series_with_its_labels():
    answer = labeled(SERIES, FOUND, True, np.zeros((1200, 2)), np.array([1.0]))
    assert answer.shown == "good 0.750  bad 0.235\ta.ts:7 (1,200 frames)"
    assert answer.facts == {"series": "a.ts:7 (1,200 frames)", "labels": LABELS, "attention": {"weights": [1.0]}}
    assert shown(Example({"frames": np.zeros((1, 1))}, "b.ts:1")) == "b.ts:1 (1 frame)"


def test_of_a_long_text_the_beginning():
    assert beginning(Example({"text": "a" * 300})) == "a" * 300
    assert beginning(Example({"text": "a" * 301})) == "a" * 300 + " ..."


def test_a_pair_has_labels_or_a_score():
    answer = paired(PAIR, FOUND, True)
    assert (answer.value, answer.shown) == (FOUND, "good 0.750  bad 0.235\tone\ttwo")
    assert answer.facts == {"first": "one", "second": "two", "labels": LABELS}
    score = paired(PAIR, 3.14159, True, (["one"], ["two"]), np.array([[1.0]]))
    assert (score.value, score.shown) == (3.14159, "3.142\tone\ttwo")
    attention = {"first": ["one"], "second": ["two"], "weights": [[1.0]]}
    assert score.facts == {"first": "one", "second": "two", "score": 3.1416, "attention": attention}
    assert paired(PAIR, 1.0, False).facts == {}


def test_a_sentence_with_its_spans():
    words, tags = ["Raul", "Salinas", "of", "Citibank"], ["B-PER", "I-PER", "O", "B-ORG"]
    answer = tagged(words, Tagged(tags, np.log([0.5, 0.25, 1, 1]), "news"), True, True)
    assert answer.value == list(zip(words, tags, strict=True))
    assert answer.shown == "news\t[Raul Salinas PER] of [Citibank ORG]"
    person = {"type": "PER", "text": "Raul Salinas", "start": 0, "stop": 2, "start_char": 0, "end_char": 12}
    bank = {"type": "ORG", "text": "Citibank", "start": 3, "stop": 4, "start_char": 16, "end_char": 24}
    assert answer.facts == {
        "text": "Raul Salinas of Citibank",
        "words": words,
        "offsets": [(0, 4), (5, 12), (13, 15), (16, 24)],
        "tags": tags,
        "probabilities": [0.5, 0.25, 1.0, 1.0],
        "spans": [person | {"confidence": 0.125}, bank | {"confidence": 1.0}],
        "label": "news",
    }
    chained = tagged(words, Tagged(tags, np.log([0.5, 0.25, 1, 1]), None, np.log([0.1, 0.5, 1, 1])), True, True)
    assert chained.facts["spans"] == [person | {"confidence": 0.25}, bank | {"confidence": 1.0}]
    assert bracketed(["a", "b"], ["B", "O"]) == "[a] b"


def test_a_sentence_whose_tags_are_each_for_itself():
    answer = tagged(["a", "cat"], Tagged(["DET", "NOUN"], np.zeros(2)), False, True)
    assert answer.shown == "a/DET cat/NOUN"
    facts = {"text": "a cat", "words": ["a", "cat"], "offsets": [(0, 1), (2, 5)], "tags": ["DET", "NOUN"]}
    assert answer.facts == facts | {"probabilities": [1.0, 1.0]}
    assert tagged(["a"], Tagged(["DET"], np.empty(0)), False, False).facts == {}


@pytest.mark.parametrize(
    ("text", "words", "offsets"),
    [
        ("I can't,  stop", ["I", "ca", "n't", ",", "stop"], [(0, 1), (2, 4), (4, 7), (7, 8), (10, 14)]),
        ("the cat the", ["the", "cat", "the"], [(0, 3), (4, 7), (8, 11)]),
        ("vamos al mar", ["vamos", "a", "el", "mar"], [(0, 5), (6, 7), None, (9, 12)]),
        ("voy del mar a el", ["voy", "de", "el", "mar", "a"], [(0, 3), (4, 6), None, (8, 11), (12, 13)]),
        ("", [], []),
        ("a", ["a", ""], [(0, 1), None]),
    ],
)
def test_words_are_found_in_their_text(text, words, offsets):
    assert offsets_of(text, words) == offsets


def test_a_span_is_a_piece_of_its_text():
    found = Tagged(["B-LOC", "I-LOC", "O"], np.zeros(3))
    [span] = tagged(["New", "York", "!"], found, True, True, " New  York!").facts["spans"]
    assert (span["text"], span["start_char"], span["end_char"]) == ("New  York", 1, 10)
    [span] = tagged(["de", "el", "!"], found, True, True, "!").facts["spans"]
    assert (span["text"], span["start_char"], span["end_char"]) == ("de el", None, None)


def test_words_near_a_word_or_in_an_analogy():
    found = [("queen", 0.87654)]
    facts = [{"word": "queen", "cosine": 0.8765}]
    known = nearest("king", True, found)
    assert (known.value, known.shown) == (found, "king -> queen 0.877")
    assert known.facts == {"word": "king", "known": True, "nearest": facts}
    assert nearest("kingly", False, found).shown == "kingly (by its parts) -> queen 0.877"
    assert nearest("zzz", False, None).shown == "zzz -> (no vector)"
    answer = completed("man", "king", "woman", found)
    assert answer.shown == "man : king = woman : queen 0.877"
    assert answer.facts == {"a": "man", "b": "king", "c": "woman", "nearest": facts}


def test_tokens_that_go_on_are_quoted_and_their_numbers_whole_in_json():
    answer = going_on("ab", [("\n", 0.123456)], True)
    assert answer.shown == 'ab -> "\\n" 0.123'
    assert answer.facts == {"text": "ab", "next": [{"token": "\n", "probability": 0.123456}]}
    assert going_on("ab", [], False).facts == {}
