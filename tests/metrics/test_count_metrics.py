"""Accuracy, F1 and the scores of spans against values worked out by hand."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import DataError
from elman.metrics import METRICS
from elman.metrics.base import (
    BinaryScores,
    Decisions,
    Matches,
    SpanCounts,
    TypedSpans,
    confusion,
    count_decisions,
)


def decisions_of(confusion):
    """Return the decisions behind a confusion matrix (K, K), [gold, predicted]."""
    hits = np.diagonal(confusion)
    return Decisions(hits, confusion.sum(axis=0) - hits, confusion.sum(axis=1) - hits)


def score(name, observation):
    metric = METRICS.get(name)()
    return metric.value(metric.statistics(observation))


def decisions(*rows):
    return Decisions(*(np.array(row) for row in rows))


def test_accuracy():
    assert score("accuracy", Matches(3, 4)) == 0.75
    assert score("accuracy", Matches(0, 4)) == 0.0


def test_a_confusion_matrix_counts_pairs():
    matrix = confusion(np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 2, 2]), 4)
    np.testing.assert_array_equal(matrix, [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]])


def test_decisions_of_a_confusion_matrix():
    found = decisions_of(np.array([[1, 1, 0], [0, 1, 0], [1, 0, 2]]))
    np.testing.assert_array_equal(found.true_positives, [1, 1, 2])
    np.testing.assert_array_equal(found.false_positives, [1, 1, 0])
    np.testing.assert_array_equal(found.false_negatives, [1, 0, 1])


def test_macro_f1_is_the_mean_over_classes():
    # F1: 2/4 = 1/2, 2/3 and 4/5
    assert score("macro_f1", decisions([1, 1, 2], [1, 1, 0], [1, 0, 1])) == pytest.approx((1 / 2 + 2 / 3 + 4 / 5) / 3)


def test_macro_f1_leaves_out_a_class_that_never_occurs_and_keeps_one_that_is_only_predicted():
    assert score("macro_f1", decisions([3, 0], [0, 0], [0, 0])) == 1.0
    assert score("macro_f1", decisions([3, 0], [0, 1], [0, 0])) == 0.5
    assert score("macro_f1", decisions([3, 0], [0, 0], [0, 1])) == 0.5


def test_micro_f1_is_of_the_sums():
    assert score("micro_f1", decisions([1, 1, 2], [1, 1, 0], [1, 0, 3])) == pytest.approx(2 * 4 / (2 * 4 + 2 + 4))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_scores_of_random_labels_are_those_of_their_definitions(pairs):
    gold, predicted = (np.array(column) for column in zip(*pairs, strict=True))
    observation = decisions_of(confusion(gold, predicted, 4))
    right = Counter(g for g, p in pairs if g == p)
    in_gold, in_predicted = Counter(gold.tolist()), Counter(predicted.tolist())
    harmonic = []
    for label in in_gold | in_predicted:
        precision = right[label] / in_predicted[label] if in_predicted[label] else 0
        recall = right[label] / in_gold[label] if in_gold[label] else 0
        harmonic.append(2 * precision * recall / (precision + recall) if right[label] else 0)
    accuracy = score("accuracy", Matches(right.total(), len(pairs)))
    assert score("macro_f1", observation) == pytest.approx(sum(harmonic) / len(harmonic))
    assert score("micro_f1", observation) == pytest.approx(accuracy)
    of = dict(zip(in_gold | in_predicted, harmonic, strict=True))
    weighted = sum(in_gold[label] * of[label] for label in in_gold) / len(pairs)
    assert score("weighted_f1", observation) == pytest.approx(weighted)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
def test_means_over_classes_are_those_of_scikit_learn(average):
    metrics = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(3)
    for classes in (2, 5, 30):
        gold, predicted = draw.integers(0, classes, 40), draw.integers(0, classes, 40)
        expected = metrics.f1_score(gold, predicted, average=average, zero_division=0)
        assert score(f"{average}_f1", decisions_of(confusion(gold, predicted, classes))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("counts", "precision", "recall", "f1"),
    [
        ((3, 4, 6), 3 / 4, 3 / 6, 0.6),
        ((0, 4, 6), 0, 0, 0),
        ((0, 0, 6), 0, 0, 0),  # conlleval: precision is 0 where nothing is predicted
        ((0, 4, 0), 0, 0, 0),
    ],
)
def test_spans(counts, precision, recall, f1):
    observation = SpanCounts(*counts)
    assert score("span_precision", observation) == pytest.approx(precision)
    assert score("span_recall", observation) == pytest.approx(recall)
    assert score("span_f1", observation) == pytest.approx(f1)
    if precision + recall:
        assert score("span_f1", observation) == pytest.approx(2 * precision * recall / (precision + recall))


def test_decisions_need_no_table_of_all_classes():
    draw = np.random.default_rng(7)
    gold, predicted = draw.integers(0, 9, 200), draw.integers(0, 9, 200)
    for one, other in zip(
        count_decisions(gold, predicted, 10), decisions_of(confusion(gold, predicted, 10)), strict=True
    ):
        assert one.tolist() == other.tolist()
    many = count_decisions(np.array([0, 2_000_000]), np.array([0, 1]), 3_000_000)  # as a table 72 terabytes
    assert [part.sum() for part in many] == [1, 1, 1]


BINARY = st.lists(st.tuples(st.booleans(), st.sampled_from([-np.inf, -1.5, 0.0, 0.25, 0.5, np.inf])), max_size=12)


def binary(things):
    return BinaryScores(np.array([second for second, _ in things], bool), np.array([one for _, one in things], float))


@given(BINARY)
def test_auc_is_the_share_of_pairs_in_the_right_order(things):
    ones, zeros = ([one for second, one in things if second is kind] for kind in (True, False))
    if not ones or not zeros:
        with pytest.raises(DataError, match="no pairs to score"):
            score("auc", binary(things))
        return
    right = [1.0 if one > other else 0.5 if one == other else 0.0 for one in ones for other in zeros]
    assert score("auc", binary(things)) == pytest.approx(sum(right) / len(right), rel=1e-12)
    swapped = [(not second, -one) for second, one in things]
    assert score("auc", binary(swapped)) == pytest.approx(score("auc", binary(things)), rel=1e-12)


def test_auc_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    draw = np.random.default_rng(3)
    second, scores = draw.random(200) < 0.3, draw.integers(0, 20, 200) / 7
    assert score("auc", BinaryScores(second, scores)) == pytest.approx(metrics.roc_auc_score(second, scores), rel=1e-12)


def test_the_macro_f1_of_spans_is_the_mean_over_types_that_occur():
    # LOC: 1 of 2 right, 3 there: F1 2/5. PER: nothing right, none given: 0. ORG: in neither, left out.
    counts = TypedSpans(np.array([1, 0, 0]), np.array([2, 0, 0]), np.array([3, 4, 0]))
    assert score("span_macro_f1", counts) == pytest.approx((2 / 5 + 0) / 2)
    one = TypedSpans(np.array([3]), np.array([4]), np.array([5]))
    assert score("span_macro_f1", one) == score("span_f1", SpanCounts(3, 4, 5))
