"""Pairs: what is decided about labels and scales, and scores counted by hand."""

import math

import numpy as np
import pytest

import elman
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.data.records import Answers
from elman.errors import DataError
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base import DataFiles


def prepare(folder, rows, **options):
    """Return the task that learns from rows, its data and its reader."""
    kind, reader = TASKS.get("pair"), READERS.get("table")
    path = folder / "train.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    config = kind.Config(**options)
    reader = reader(reader.Config(header="no"), names_of(kind.fields(config)))
    return *kind.prepare(config, reader, DataFiles([path], [path], 0), folder, str), reader


class Says:
    """Answers to each pair, known by the first word of its first text, with a label and its probability, or a place."""

    def __init__(self, task, table):
        self.task, self.table = task, table

    def lengths(self, field, counts):
        return counts

    def answers(self, batch):
        words = self.task.coder.names
        said = [self.table[words[row[0]]] for row in batch.fields["first"].values]
        [(head, coder)] = self.task.answers.items()
        rows = np.full((len(said), 1, len(coder.names)), 0.001)
        if head == "score":
            return Answers({head: np.array(said, float)[:, None]}, {head: np.log(rows)})
        for row, (label, probability) in zip(rows[:, 0], said, strict=True):
            row[coder.encode([[label]]).values] = probability
        return Answers({head: rows.argmax(-1)}, {head: np.log(rows)})


LABELS = [["a b .", "a .", "yes"], ["c d .", "c .", "yes"], ["e f .", "g .", "no"]]
SCORES = [["a b", "a", "1"], ["c d", "c", "2.5"], ["e f", "g", "4"], ["h", "h", "5"]]


def test_scores_of_labels_as_counted_by_hand(tmp_path):
    task, _, reader = prepare(tmp_path, LABELS)
    model = Says(task, {"a": ("yes", 0.9), "c": ("no", 0.6), "e": ("yes", 0.8), "<unk>": ("no", 0.9)})
    test = tmp_path / "test.tsv"
    test.write_text("a .\tb .\tyes\nc .\td .\tyes\ne .\tz .\tno\nz .\ta .\tmaybe\n")
    found = task.evaluate(model, reader, [test], tmp_path)
    # yes: 1 of 2 given, 2 there. no: 0 of 2 given, 1 there. maybe: 1 there.
    assert {score.name: score.value for score in found.scores} == pytest.approx({"accuracy": 1 / 4, "macro_f1": 1 / 6})
    counts = {"pairs": 4, "words": 16, "unknown words": 2, "labels unseen in training": 1}
    assert found.counts == counts | {"of the label most frequent in training": 2}
    by_label, confusion, worst = found.details
    assert by_label.rows[0] == ["yes", 0.5, 0.5, 0.5, 2, 2, 1]
    assert confusion.rows == [["yes", 1, 0, 1], ["maybe", 0, 0, 1], ["no", 1, 0, 0]]
    assert worst.rows[0] == [f"{test.name}:4", "z .", "a .", "maybe", "no"]
    assert [row[0] for row in worst.rows[1:]] == [f"{test.name}:2", f"{test.name}:3"]


def test_a_score_is_a_place_on_a_scale(tmp_path):
    task, data, reader = prepare(tmp_path, SCORES, target="score", levels=3)
    assert (task.config.lowest, task.config.highest) == (1, 5)
    assert task.answers["score"].names == ("1", "3", "5")
    [batch] = task.batches(data, 9, 0, 0)
    assert sorted(batch.fields["score"].values[:, 0].tolist()) == [0, 0.75, 1.5, 2]
    model = Says(task, {"a": 0, "c": 1, "e": 1.5, "h": 1})  # 1, 3, 4, 3
    found = task.evaluate(model, reader, [tmp_path / "train.tsv"], tmp_path)
    gold, given = [1, 2.5, 4, 5], [1, 3, 4, 3]
    assert {score.name: score.value for score in found.scores} == pytest.approx(
        {
            "pearson": np.corrcoef(gold, given)[0, 1],
            "spearman": np.corrcoef([1, 2, 3, 4], [1, 2.5, 4, 2.5])[0, 1],
            "mean_squared_error": (0.5**2 + 2**2) / 4,
        }
    )
    assert found.scores[2].lower_is_better
    [worst] = found.details
    assert worst.rows[0] == ["train.tsv:4", "h", "h", "5", "3.000"]
    [answer] = task.answer(model, [task.parse("e x\ty", False)], 1)
    assert (answer.value, answer.shown, answer.facts["score"]) == (4.0, "4.000\te x\ty", 4.0)


def test_a_scale_that_is_given(tmp_path):
    task, data, _ = prepare(tmp_path, SCORES, target="score", lowest=0.0, highest=10.0, levels=11)
    [batch] = task.batches(data, 9, 0, 0)
    assert sorted(batch.fields["score"].values[:, 0].tolist()) == [1, 2.5, 4, 5]


def test_levels_close_to_each_other_have_names_of_their_own(tmp_path):
    rows = [["a", "b", "20000000"], ["c", "d", "20000001"]]
    assert prepare(tmp_path, rows, target="score")[0].answers["score"].names[1] == "20000000.25"


def test_predictions_that_are_all_the_same_correlate_with_nothing(tmp_path):
    task, _, reader = prepare(tmp_path, SCORES, target="score")
    found = task.evaluate(Says(task, dict.fromkeys("aceh", 2)), reader, [tmp_path / "train.tsv"], tmp_path)
    pearson, spearman, error = (score.value for score in found.scores)
    assert math.isnan(pearson)
    assert math.isnan(spearman)
    assert error == pytest.approx((2**2 + 0.5**2 + 1 + 2**2) / 4)
    assert found.shown == "Pearson nan"


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([*SCORES, ["i", "j", "high"]], {}, "train.tsv:5: the score 'high' is not a number."),
        ([*SCORES, ["i", "j", "nan"]], {}, "train.tsv:5: the score 'nan' is not a number."),
        ([["a", "b", "3"], ["c", "d", "3.0"]], {}, "train.tsv:1: every score is 3, expected some that differ."),
        (
            SCORES,
            {"lowest": 2.0},
            "train.tsv:1: the score 1 is outside of the scale from 2 to 5. Set task.lowest and task.highest.",
        ),
        (
            SCORES,
            {"lowest": 5.0, "highest": 1.0},
            "train.tsv:1: the score 1 is outside of the scale from 5 to 1. Set task.lowest and task.highest.",
        ),
    ],
)
def test_scores_that_cannot_be(tmp_path, rows, options, message):
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, rows, target="score", **options)
    assert str(refused.value) == f"{tmp_path}/{message}"


def test_one_label_only_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"train\.tsv:1: the only label of the training part is 'yes', expected two"):
        prepare(tmp_path, LABELS[:2])


def test_labels_of_which_none_comes_twice_are_said_to_be_rare(tmp_path):
    kind, reader = TASKS.get("pair"), READERS.get("table")
    path = tmp_path / "train.tsv"
    path.write_text("".join(f"one\tother\tlabel {number}\n" for number in range(20)))
    reader = reader(reader.Config(header="no"), names_of(kind.fields(kind.Config())))
    with pytest.raises(DataError) as refused:
        kind.prepare(kind.Config(), reader, DataFiles([path], [], 0.1), tmp_path, str)
    assert str(refused.value).partition(": ")[2] == (
        "every label is rare: 18 different ones in training, 18 of them once, and none of the 2 that were held out is "
        "among them. A label is learned from examples: take coarser ones, leave the rare ones out, or give "
        "--valid FILE."
    )


@pytest.mark.parametrize(("line", "count"), [("no tab", 0), ("", 0), ("a\tb\tc", 2)])
def test_a_line_that_is_no_pair(tmp_path, line, count):
    task, _, _ = prepare(tmp_path, LABELS)
    with pytest.raises(DataError) as refused:
        task.parse(line, False)
    assert str(refused.value) == (
        f"got {count} tabs in {line!r}, expected one, between the two texts. A file like those of the training is read "
        "by elman predict RUN FILE --input data."
    )


@pytest.mark.parametrize(
    ("name", "options", "dimensions"),
    [
        ("conditional_pair", {"attention": "word_by_word"}, 2),
        ("conditional_pair", {"attention": "last"}, 1),
        ("conditional_pair", {"attention": "none"}, 0),
        ("independent_pair", {}, 0),
    ],
)
def test_where_a_model_looked(tmp_path, name, options, dimensions):
    task, _, _ = prepare(tmp_path, LABELS)
    kind = MODELS.get(name)
    model = kind(kind.Config(hidden_size=4, embedding_size=4, **options), *task.outlines)
    lines = ["a b c .\te f", "a\ta b c d"]
    answers = task.answer(model, [task.parse(line, False) for line in lines], 1)
    if not dimensions:
        assert all("attention" not in answer.facts for answer in answers)
        return
    for answer, line in zip(answers, lines, strict=True):
        looked = answer.facts["attention"]
        first, second = (text.split() for text in line.split("\t"))
        assert (looked["first"], looked["second"]) == (first, second)
        weights = np.array(looked["weights"])
        assert weights.shape == ((len(second), len(first)) if dimensions == 2 else (len(first),))
        np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-3)


@pytest.mark.parametrize(
    ("rows", "settings"),
    [
        (LABELS * 2, {}),
        (SCORES * 2, {"task.target": "score"}),
        # All scores are nearest to one and the same level.
        ([["a", "b", "3"], ["c", "d", "3.2"]] * 3, {"task.target": "score", "task.lowest": 1, "task.highest": 5}),
    ],
)
def test_the_model_of_features_is_fitted_and_loaded(tmp_path, rows, settings):
    pytest.importorskip("sklearn")
    prepare(tmp_path, rows, target=settings.get("task.target", "label"))
    path = str(tmp_path / "train.tsv")
    settings = {**settings, "reader.header": "no", "model.buckets": 64}
    elman.train("pair", path, valid=path, out=tmp_path / "run", model="pair_features", settings=settings)
    model = elman.load(tmp_path / "run")
    assert math.isfinite(model.evaluate(path).scores[-1].value)
    again = elman.load(tmp_path / "run")
    assert again.predict("a b\ta") == model.predict("a b\ta")


def test_names_are_compared_character_by_character_where_that_is_asked_for(tmp_path):
    rows = [(f"Ann{letter}", f"Anna {letter}", "same" if letter in "abc" else "other") for letter in "abcdef"]
    assert prepare(tmp_path, rows * 20)[0].config.words == "simple"  # never guessed
    task, *_ = prepare(tmp_path, rows, words="characters")
    example = task.parse("Ann b\tAnna ", split=False)
    assert example.fields["words"] == [list("Ann b"), list("Anna")]
    batch = task.batch(task.encode([example]), np.array([0]))
    # Without regard to case: a, n, n, blank, b beside a, n, n, a.
    assert batch.fields["first.matches"].values.tolist() == [[1, 1, 1, 0, 0]]
