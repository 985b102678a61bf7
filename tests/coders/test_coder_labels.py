"""Labels of texts as ids, as yes and no for each, and what each counts."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.coders.labels import LabelsCoder, settle_labels
from elman.data.outlines import Classes
from elman.text.vocabulary import Vocabulary

COUNTS = Counter({"neg": 3, "pos": 6, "so": 1})


def batch(coder, values, rows=None):
    rows = np.arange(len(values)) if rows is None else np.array(rows)
    coded = coder.batch(coder.encode(values), {"label": rows})
    assert coded.tables == {}
    return coded.fields


def test_the_most_frequent_label_is_the_first_and_ties_are_broken_by_name():
    assert LabelsCoder.learn(COUNTS).names == ("pos", "neg", "so")
    assert LabelsCoder.learn(Counter("bbacca")).names == ("a", "b", "c")


@pytest.mark.parametrize("several", [False, True])
def test_a_model_is_told_the_labels_and_whether_several_may_hold(several):
    told = LabelsCoder.learn(COUNTS, several).outline
    assert isinstance(told, Classes)
    assert (tuple(told.names), told.several, told.follows) == (("pos", "neg", "so"), several, None)


def test_one_label_is_one_target_without_padding():
    fields = batch(LabelsCoder.learn(COUNTS), [["so"], ["pos"], ["neg"]], [2, 0])
    assert list(fields) == ["label"]
    assert fields["label"].values.tolist() == [[1], [2]]
    assert fields["label"].lengths is None


def test_several_labels_are_yes_and_no_for_each():
    coder = LabelsCoder.learn(COUNTS, several=True)
    fields = batch(coder, [["pos", "so"], [], ["neg"], ["so", "neg", "pos"]], [3, 1, 0, 2])
    assert list(fields) == ["label"]
    assert fields["label"].values.dtype == np.float32
    assert fields["label"].values.tolist() == [[[1, 1, 1]], [[0, 0, 0]], [[1, 0, 1]], [[0, 1, 0]]]
    assert fields["label"].lengths is None


def test_no_labels_at_all_are_no_for_each():
    coder = LabelsCoder.learn(COUNTS, several=True)
    assert batch(coder, [[], []])["label"].values.tolist() == [[[0, 0, 0]], [[0, 0, 0]]]


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=40))
def test_balanced_labels_count_the_same_and_one_on_average(labels):
    coder = LabelsCoder.learn(Counter(labels), balanced=True)
    fields = batch(coder, [[label] for label in labels])
    weights = fields["label.weights"].values
    assert weights.shape == fields["label"].values.shape == (len(labels), 1)
    assert weights.dtype == np.float32
    assert weights.mean() == pytest.approx(1, rel=1e-5)
    for number in range(len(coder.names)):
        share = weights[fields["label"].values == number].sum()
        assert share == pytest.approx(len(labels) / len(coder.names), rel=1e-5)


def test_a_label_that_nobody_counted_can_be_balanced():
    coder = LabelsCoder(Vocabulary(["a", "b"], [4, 0]), balanced=True)
    assert coder.weights.tolist() == [0.5, 2.0]
    assert LabelsCoder.learn(COUNTS).weights is None


def test_what_is_decoded_is_what_was_encoded():
    coder = LabelsCoder.learn(COUNTS, several=True)
    column = coder.encode([["so", "pos"], [], ["neg"]])
    fields = coder.batch(column, {"labels": np.arange(3)}).fields
    assert [coder.decode(row) for row in fields["labels"].values] == [["pos", "so"], [], ["neg"]]


def test_labels_are_kept_as_text(tmp_path):
    LabelsCoder.learn(COUNTS).save(tmp_path, "label")
    assert (tmp_path / "labels-label.txt").read_text() == "pos\t6\nneg\t3\nso\t1\n"


@pytest.mark.parametrize(
    ("labels", "told"),
    [([["a"], [], ["b"], []], True), ([["a"], ["b"]], False), ([["a"], [], ["a", "b"]], False)],
)
def test_texts_without_a_label_are_told_where_several_were_asked_for_and_none_has_two(labels, told):
    said = []
    settle_labels(labels, [f"t:{n}" for n in range(len(labels))], True, False, said.append)
    message = (
        "labels: task.multi_label is true and no text has two; 2 of 4 have none, first t:1, which is read as: none of "
        "them fits. If nobody labelled those, leave task.multi_label out: they are passed over"
    )
    assert said == ([message] if told else [])
