"""Scores, the tables behind them, and how they are shown."""

import math

import numpy as np
import pytest

import elman
from elman.errors import ConfigError
from elman.evaluation.base import ByPiece, Evaluation, score
from elman.evaluation.classes import class_tables, decision_table, label_scores
from elman.evaluation.details import Detail
from elman.evaluation.spans import span_scores
from elman.metrics.base import Decisions, Matches, Pairs, Score

GOLD = ["cat", "cat", "cat", "cat", "dog", "dog", "eel"]
GIVEN = ["cat", "cat", "dog", "ant", "dog", "cat", "cat"]


def test_a_score_says_what_it_depends_on():
    found = score("accuracy", Matches(3, 4), "of texts", "labels:one")
    assert (found.name, found.value, found.unit) == ("accuracy", 0.75, "of texts")
    assert found.signature == f"labels:one|elman:{elman.__version__}"
    assert not found.lower_is_better
    assert score("accuracy", Matches(3, 4), "", "", "exact_match").name == "exact_match"
    error = score("mean_squared_error", Pairs(np.array([1.0, 2.0]), np.array([1.0, 4.0])), "", "")
    assert error.value == 2.0
    assert error.lower_is_better


def test_a_score_without_a_value_is_nan():
    for pairs in (Pairs(np.array([1.0, 2.0]), np.array([3.0, 3.0])), Pairs(np.empty(0), np.empty(0))):
        assert math.isnan(score("pearson", pairs, "", "").value)
    assert math.isnan(score("accuracy", Matches(0, 0), "", "").value)
    with pytest.raises(ConfigError, match="acuracy"):
        score("acuracy", Matches(1, 1), "", "")


def test_tables_of_classes_are_as_counted_by_hand():
    (by_class, matrix), decisions = class_tables(GOLD, GIVEN, "animal")
    # The frequent first, then by name; what was only predicted last.
    assert matrix.columns == ["", "cat", "dog", "eel", "ant"]
    assert [list(row) for row in matrix.rows] == [
        ["cat", 2, 1, 0, 1],
        ["dog", 1, 1, 0, 0],
        ["eel", 1, 0, 0, 0],
        ["ant", 0, 0, 0, 0],
    ]
    assert matrix.title == "Confusion matrix: rows are the file's animal, columns the predicted"
    assert matrix.kind == "matrix"
    assert [part.tolist() for part in decisions] == [[2, 1, 0, 0], [2, 1, 0, 1], [2, 1, 1, 0]]
    assert by_class.title == "By animal"
    assert by_class.kind == "table"
    assert by_class.columns == ["animal", "precision", "recall", "F1", "in the file", "predicted", "correct"]
    assert [list(row) for row in by_class.rows] == [
        ["cat", 0.5, 0.5, 0.5, 4, 4, 2],
        ["dog", 0.5, 0.5, 0.5, 2, 2, 1],
        ["eel", 0.0, 0.0, 0.0, 1, 0, 0],
        ["ant", 0.0, 0.0, 0.0, 0, 1, 0],
    ]


def test_the_tables_have_the_most_frequent_classes_and_the_decisions_have_all():
    gold = [f"c{i:02}" for i in range(30) for _ in range(30 - i)]
    (by_class, matrix), decisions = class_tables(gold, gold, "label")
    names = [f"c{i:02}" for i in range(24)]
    assert [row[0] for row in by_class.rows] == [row[0] for row in matrix.rows] == matrix.columns[1:] == names
    assert {len(row) for row in matrix.rows} == {25}
    assert decisions.true_positives.tolist() == list(range(30, 0, -1))
    assert by_class.title == "By label (the 24 most frequent of 30)"
    assert matrix.title.endswith("columns the predicted (the 24 most frequent of 30)")


def test_a_class_that_is_always_given_is_in_the_tables_however_rare_it_is():
    gold = [f"c{i:02}" for i in range(30) for _ in range(30 - i)]
    (by_class, matrix), _ = class_tables(gold, ["c29"] * len(gold), "label")
    assert matrix.columns[1:] == ["c29", *(f"c{i:02}" for i in range(23))]
    assert list(by_class.rows[0][4:]) == [1, len(gold), 1]
    assert {row[1] for row in matrix.rows[1:]} == set(range(8, 31))


def test_rates_of_a_class_are_those_of_its_decisions():
    table = decision_table(["a", "b"], Decisions(*np.array([[3, 0, 9], [1, 0, 9], [3, 2, 9]])), "tag")
    assert table.rows == [["a", 0.75, 0.5, pytest.approx(0.6), 6, 4, 3], ["b", 0.0, 0.0, 0.0, 2, 0, 0]]


def test_lines_are_aligned_with_rates_as_percent():
    table = Detail("By tag", ["tag", "F1", "in the file"], [["NOUN", 0.98765, 12345], ["X", 0.0, 1]])
    assert table.lines() == [
        "tag      F1  in the file",
        "NOUN  98.77       12,345",
        "X      0.00            1",
    ]
    assert Detail("Empty", ["a", "b"], []).lines() == ["a  b"]


def test_a_table_with_texts_beyond_its_first_column_is_prose():
    assert not Detail("", ["tag", "F1"], [["NOUN", 0.5]]).is_prose
    assert Detail("", ["where", "n", "text"], [["f:1", 1, "a text"]]).is_prose
    assert not Detail("", ["where"], []).is_prose


def test_facts_have_the_first_score_and_all_of_them():
    scores = [Score("accuracy", 0.5, "of words", "s", False), Score("macro_f1", 0.25, "of labels", "s", False)]
    evaluation = Evaluation([*scores, Score("accuracy", 0.9, "of texts", "t", False)], {"words": 4}, "accuracy 50%")
    assert evaluation.facts() == {
        "score": "accuracy",
        "value": 0.5,
        "unit": "of words",
        "signature": "s",
        "lower_is_better": False,
        "shown": "accuracy 50%",
        "scores": {"accuracy": 0.5, "macro_f1": 0.25},
    }


def test_spans_are_counted_by_sentence():
    gold = [["B-PER", "I-PER", "O"], ["O", "B-LOC"], ["O", "O"]]
    given = [["B-PER", "O", "O"], ["O", "B-LOC"], ["B-ORG", "O"]]
    scores, [by_type], observed, _ = span_scores(gold, given)
    assert [one.value for one in scores] == pytest.approx([2 / 5, 1 / 3, 1 / 2])
    pieces = ByPiece("sentences", gold, 7, 0, observed).pieces()
    for one in scores:
        assert pieces[one.name].statistics.tolist() == [[0, 1, 1], [1, 1, 1], [0, 1, 0]]
        assert pieces[one.name].value == one.value
    assert [row[0] for row in by_type.rows] == ["LOC", "ORG", "PER"]


def test_labels_are_counted_thing_by_thing():
    scores, _, observed, _ = label_scores(GOLD, GIVEN, "animals")
    assert [(one.name, one.unit) for one in scores] == [("accuracy", "of animals"), ("macro_f1", "of labels")]
    pieces = ByPiece("animals", GOLD, 0, 0, observed).pieces()
    assert pieces["accuracy"].statistics.tolist() == [[one == other, 1] for one, other in zip(GOLD, GIVEN, strict=True)]
    names = ["ant", "cat", "dog", "eel"]  # by name: no order of a set, which differs from process to process
    rows = [[[name == one == other, name == other != one, name == one != other] for name in names]
            for one, other in zip(GOLD, GIVEN, strict=True)]  # fmt: skip
    assert pieces["macro_f1"].statistics.tolist() == [np.array(row).T.ravel().tolist() for row in rows]
    assert {name: part.value for name, part in pieces.items()} == {one.name: one.value for one in scores}


def test_scores_that_do_not_add_are_not_of_pieces():
    each = [Pairs(np.array([1.0]), np.array([2.0]))] * 3
    with pytest.raises(ValueError, match="spearman: is not of pieces, its statistics do not add"):
        ByPiece("pairs", [1.0] * 3, 0, 0, {"spearman": ("spearman", lambda: each)}).pieces()
