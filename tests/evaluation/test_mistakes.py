"""Which mistakes are the worst, and the table of them."""

import numpy as np
import pytest

from elman.answers.tags import Tagged
from elman.coders.tags import TagsCoder
from elman.data.records import Example
from elman.evaluation.classes import class_verdict
from elman.evaluation.graded import graded_verdict
from elman.evaluation.labels import given_labels
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.several import several_scores, several_verdict
from elman.evaluation.tags import tag_verdict
from elman.text.vocabulary import Vocabulary

KNOWN = Vocabulary(["a", "b", "c"], [3, 2, 1])


def examples(count, file="data/x.tsv"):
    return [Example({"text": f"text {row}"}, f"{file}:{row + 1}") for row in range(count)]


def by_text(example):
    return {"text": example.fields["text"]}


def test_the_worst_ten_come_first_and_of_equal_ones_the_first_named():
    asked = Asked(examples(30), ("text", WHERE, PREDICTED, GOLD), by_text)
    wrong = {29: 1.0, 3: 5.0, 4: 5.0, **dict.fromkeys(range(5, 25), 0.5)}
    [table] = asked.worst(wrong, lambda row: (f"gold {row}", f"said {row}"))
    assert table.title == "Worst mistakes"
    assert table.columns == ["text", "where", "predicted", "in the file"]
    assert table.rows[0] == ["text 3", "x.tsv:4", "said 3", "gold 3"]
    assert [row[0] for row in table.rows] == [f"text {row}" for row in (3, 4, 29, *range(5, 12))]
    assert asked.worst({}, lambda row: ("", "")) == []


def test_files_of_one_name_are_told_apart_by_their_folders():
    both = [*examples(2, "one/x.tsv"), *examples(2, "two/x.tsv"), *examples(1, "two/y.tsv")]
    [table] = Asked(both).worst({0: 3, 2: 2, 4: 1}, lambda row: ("", ""))
    assert [row[0] for row in table.rows] == ["one/x.tsv:1", "two/x.tsv:1", "y.tsv:1"]


def test_a_mistake_about_a_label_is_the_worse_the_less_likely_the_true_one():
    gold, predicted = [["a"], ["b"], ["c"], ["z"]], ["a", "a", "b", "a"]
    found = class_verdict(Asked(examples(4), counts={"more": 7}), gold, predicted, [0.1, 0.3, 0.2, 0.0], KNOWN, "texts")
    assert [row[:] for row in found.details[-1].rows] == [
        ["x.tsv:4", "z", "a"],
        ["x.tsv:3", "c", "b"],
        ["x.tsv:2", "b", "a"],
    ]
    counts = {"labels unseen in training": 1, "more": 7, "of the label most frequent in training": 1}
    assert list(found.counts.items()) == list(counts.items())
    assert (found.shown, found.scores[0].value) == ("accuracy 25.00%", 0.25)
    assert found.gold == gold


def test_of_several_labels_the_least_likely_that_was_learned_counts():
    log_probs = np.log([[0.9, 0.1, 0.3], [0.9, 0.2, 0.4], [0.4, 0.4, 0.4], [0.9, 0.8, 0.1]])
    gold = [["b", "a"], ["a", "c"], ["z"], ["b", "a"]]
    said = [given_labels(row, labels, KNOWN, 0.5) for row, labels in zip(log_probs, gold, strict=True)]
    given, likelihood, _ = zip(*said, strict=True)
    found = several_verdict(Asked(examples(4)), gold, given, likelihood, KNOWN)
    assert found.details[-1].rows == [
        ["x.tsv:1", "b, a", "a"],
        ["x.tsv:2", "a, c", "a"],
        ["x.tsv:3", "z", ""],
    ]
    assert found.counts == {"labels unseen in training": 1}
    assert found.shown == f"micro F1 {found.scores[0].value:.2%}"
    assert found.gold == [["a", "b"], ["a", "c"], ["z"], ["a", "b"]]


def test_decisions_about_several_labels_are_those_of_a_table_of_texts_and_labels():
    draw, names = np.random.default_rng(3), list("abcdef")
    true, said = draw.random((2, 50, 6)) < 0.4
    gold, given = (
        [[name for name, here in zip(names, row, strict=True) if here] for row in one] for one in (true, said)
    )
    scored = several_scores(gold, given, names)
    expected = [part.astype(int) for part in (true & said, ~true & said, true & ~said)]
    for found, whole in zip(zip(*scored.observed["micro_f1"][1](), strict=True), expected, strict=True):
        assert np.array_equal(found, whole)
    hits, false, missed = (part.sum() for part in expected)
    assert scored.scores[0].value == pytest.approx(2 * hits / (2 * hits + false + missed))
    assert scored.scores[2].value == (true == said).all(1).mean()


def test_scores_are_the_worse_the_further_they_are():
    found = graded_verdict(Asked(examples(3)), [1.0, 2.0, 3.0], [1.5, 2.0, 1.0])
    assert found.details[0].rows == [["x.tsv:3", "3", "1.000"], ["x.tsv:1", "1", "1.500"], ["x.tsv:2", "2", "2.000"]]
    assert found.shown == f"Pearson {found.scores[0].value:.4f}"


@pytest.mark.parametrize("joint", [False, True])
def test_sentences_are_the_worse_the_surer_their_wrong_tags_were(joint):
    words = [["Ann", "left"], ["Bo", "is", "in"], ["Cy"]]
    written = [["I-PER", "O"], ["I-PER", "O", "O"], ["O"]]
    given = [["B-PER", "O"], ["O", "B-LOC", "O"], ["B-PER"]]
    sure = [np.log([0.9, 0.9]), np.log([0.3, 0.3, 0.9]), np.log([0.9])]
    asked = Asked([Example({"words": one}, f"n.conll:{row}") for row, one in enumerate(words)])
    coder = TagsCoder(Vocabulary(["O", "S-PER"], [1, 1]), "bio", "bioes")
    found = [Tagged(tags, log_probs, "x" if joint else None) for tags, log_probs in zip(given, sure, strict=True)]
    verdict = tag_verdict(asked, written, found, coder, ["x", "y", "x"] if joint else [])
    assert verdict.details[-1].rows == [
        ["n.conll:2", "Cy", "[Cy PER]"],
        ["n.conll:1", "[Bo PER] is in", "Bo [is LOC] in"],
    ]
    assert verdict.counts == {"tags unseen in training": 0, "impossible tags": 2}
    gold = [["B-PER", "O"], ["B-PER", "O", "O"], ["O"]]
    assert verdict.gold == (list(zip(gold, "xyx", strict=True)) if joint else gold)
    assert [score.name for score in verdict.scores][-1] == ("label_accuracy" if joint else "accuracy")
    assert verdict.shown == f"F1 {verdict.scores[0].value:.2%}"
