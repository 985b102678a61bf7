"""The most frequent answer, against counting by hand and against scikit-learn."""

import random
from collections import Counter

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from elman.data.fields import names_of
from elman.data.readers import READERS, formats, recognize
from elman.data.records import Example
from elman.errors import CheckpointError
from elman.models.base import Fitting
from elman.models.most_frequent import MostFrequent
from elman.tasks import TASKS
from elman.tasks.base import DataFiles


def prepared(name, path, text, **options):
    path.write_text(text)
    kind = TASKS.get(name)
    config = kind.settle(kind.Config(**options), [str(path)])
    fields = kind.fields(config)
    reader = READERS.get(recognize([str(path)], fields, formats(fields)))
    files = DataFiles([path], [path], 0)
    return kind.prepare(config, reader(reader.Config(), names_of(fields)), files, path.parent, lambda text: None)


def fitted(task, data, folder):
    model = MostFrequent(MostFrequent.Config(), *task.outlines)
    model.fit(data.train, Fitting(folder, 0, 1, print))
    other = MostFrequent(MostFrequent.Config(), *task.outlines)
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    return other


def sentences(count=60):
    """Return words with tags that depend on them, mostly; some words come once."""
    draw = random.Random(3)
    tags = {f"w{letter}": draw.choices("ABC", k=2) for letter in "abcdefgh"}
    tags |= {f"once{number}": ["C", "B"] for number in range(400)}
    found = []
    for number in range(count):
        words = [f"w{draw.choice('abcdefgh')}" for _ in range(draw.randint(2, 7))] + [
            "once" + "xyz"[number % 3] * number
        ]
        found.append([(word, draw.choice(tags.get(word, ["C", "C", "B"]))) for word in words])
    return found


def columns(rows):
    return "".join("".join(f"{word}\t{tag}\n" for word, tag in row) + "\n" for row in rows)


def test_tags_are_those_of_a_count_by_hand(tmp_path):
    rows = sentences()
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="none")
    model = fitted(task, data, tmp_path)
    pairs = [pair for row in rows for pair in row]
    often, overall = Counter(word for word, _ in pairs), Counter(tag for _, tag in pairs)
    by_word = {word: Counter(tag for other, tag in pairs if other == word) for word in often}
    once = Counter(tag for word, tag in pairs if often[word] == 1)
    asked = [*(f"w{letter}" for letter in "abcdefgh"), "unseen"]
    [said] = task.told(model, task.encode([Example({"words": asked})]))
    for word, tag, log_prob in zip(asked, said.tags, said.log_probs, strict=True):
        counts = by_word.get(word, once)
        assert tag == max(counts, key=lambda one: (counts[one], overall[one]))
        assert np.exp(log_prob) == pytest.approx(counts[tag] / counts.total())
    batch = task.batch(task.encode([Example({"words": asked})]), np.arange(1))
    np.testing.assert_allclose(np.exp(model.answers(batch).log_probs["tags"]).sum(-1), 1)


def test_where_no_word_comes_once_an_unknown_one_has_the_tag_of_all(tmp_path):
    rows = [[("a", "X"), ("b", "Y"), ("b", "Y")]] * 2
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="none")
    [said] = task.told(fitted(task, data, tmp_path), task.encode([Example({"words": ["new", "a"]})]))
    assert said.tags == ["Y", "X"]
    np.testing.assert_allclose(np.exp(said.log_probs), [4 / 6, 1])


def test_words_that_are_read_as_unknown_say_what_unknown_ones_are(tmp_path):
    rows = [[("a", "X"), ("b", "Y"), ("b", "Y")], [("a", "X"), ("a", "X"), ("a", "X")]]
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="none", min_count=3)
    [said] = task.told(fitted(task, data, tmp_path), task.encode([Example({"words": ["b", "a"]})]))
    assert said.tags == ["Y", "X"]


def said(task, model, data):
    return {row: found for row, found, _ in task.each(model, data, True)}


def test_a_label_is_that_of_scikit_learn(tmp_path):
    draw = random.Random(5)
    labels = [draw.choice(["x", "y", "y", "z"]) for _ in range(50)]
    text = "text\tlabel\n" + "".join(f"word {number}\t{label}\n" for number, label in enumerate(labels))
    task, data = prepared("classify", tmp_path / "x.tsv", text)
    found = np.exp(np.stack(list(said(task, fitted(task, data, tmp_path), data.valid).values())))
    dummy = DummyClassifier(strategy="prior").fit(np.zeros((50, 1)), labels)
    order = [list(dummy.classes_).index(label) for label in task.labels.tokens]
    np.testing.assert_allclose(found, dummy.predict_proba(np.zeros((50, 1)))[:, order])
    batch = task.batch(data.valid, np.arange(3))
    best = fitted(task, data, tmp_path).answers(batch).best["label"][:, 0]
    assert task.answers["label"].decode(best) == dummy.predict(np.zeros((3, 1))).tolist()


def test_its_accuracy_is_the_majority_beside_that_of_every_model(tmp_path):
    labels = [*"xyyzyxyz"]
    text = "text\tlabel\n" + "".join(f"word {number}\t{label}\n" for number, label in enumerate(labels))
    task, data = prepared("classify", tmp_path / "x.tsv", text)
    found = task.validate(fitted(task, data, tmp_path), data)
    assert found.majority == {"accuracy": found.scores[0].value} == {"accuracy": 4 / 8}


def test_the_majority_of_tags_is_that_of_words_and_of_spans_where_most_are_outside(tmp_path):
    rows = [[("a", "B-X"), ("b", "O"), ("c", "O"), ("d", "O")]]
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="bio")
    assert task.validate(fitted(task, data, tmp_path), data).majority == {"accuracy": 3 / 4}
    rows = [[("a", "B-X"), ("b", "B-X"), ("c", "O")]]
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="bio")
    assert task.validate(fitted(task, data, tmp_path), data).majority == {}
    rows = [[("a", "X"), ("b", "X"), ("c", "Y")]]
    task, data = prepared("tag", tmp_path / "x.conll", columns(rows), scheme="none")
    assert task.validate(fitted(task, data, tmp_path), data).majority == {"accuracy": 2 / 3}


def test_each_of_several_labels_has_its_own_rate(tmp_path):
    labels = [["a"], ["a", "b"], ["a", "c"], ["b"], ["a"]]
    text = "".join(" ".join(f"__label__{one}" for one in some) + " text\n" for some in labels)
    task, data = prepared("classify", tmp_path / "x.txt", text)
    model = fitted(task, data, tmp_path)
    rates = dict(zip(task.labels.tokens, np.exp(said(task, model, data.valid)[0]), strict=True))
    assert rates == pytest.approx({"a": 4 / 5, "b": 2 / 5, "c": 1 / 5})
    best = model.answers(task.batch(data.valid, np.arange(2))).best["labels"]
    assert [task.answers["labels"].decode(row[0]) for row in best] == [["a"], ["a"]]


def test_a_score_is_the_mean(tmp_path):
    scores = [1.0, 2.5, 4.0, 5.0]
    text = "first\tsecond\tscore\n" + "".join(f"a b\tc d\t{score}\n" for score in scores)
    task, data = prepared("pair", tmp_path / "x.tsv", text, target="score")
    found = task.told(fitted(task, data, tmp_path), data.valid)
    assert found == pytest.approx(DummyRegressor().fit(np.zeros((4, 1)), scores).predict(np.zeros((4, 1))))


def test_tags_and_the_label_of_the_sentence_have_one_model(tmp_path):
    files = {"w": "a b\nc\na\n", "t": "X Y\nY\nX\n", "l": "p\nq\nq\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    names = ",".join(str(tmp_path / name) for name in files)
    kind, reads = TASKS.get("tag"), READERS.get("parallel")
    config = kind.settle(kind.Config(scheme="none"), [names])
    reader = reads(reads.Config(), names_of(kind.fields(config)))
    both = reader.find([names])
    task, data = kind.prepare(config, reader, DataFiles(both, both, 0), tmp_path, lambda text: None)
    model = fitted(task, data, tmp_path)
    assert task.validate(model, data).majority == {"accuracy": 2 / 4, "label_accuracy": 2 / 3}
    assert [(one.tags, one.label) for one in task.told(model, data.valid)] == [
        (["X", "Y"], "q"),
        (["Y"], "q"),
        (["X"], "q"),
    ]
    assert model.title == "most frequent tag of each word and most frequent label"


def test_weights_that_do_not_fit_are_named(tmp_path):
    task, data = prepared("tag", tmp_path / "x.conll", columns(sentences(5)), scheme="none")
    model = fitted(task, data, tmp_path)
    right = model.weights()["tags"]
    words, tags = (len(one) for one in (task.outlines.reads["words"], task.outlines.answers["tags"]))
    expected = f"the most frequent tags are no rows of one of {words} words, one of {tags} tags, and how often."
    shifts = np.array([[words, 0, 0], [0, tags, 0], [0, 0, -1000]])
    for wrong in (right[:, :2], right.astype(float), *(right + shift for shift in shifts)):
        with pytest.raises(CheckpointError, match=expected):
            model.load_weights({"tags": wrong})
    with pytest.raises(CheckpointError, match="the file has no weight 'tags': it was made for another model"):
        model.load_weights({})
    text = "text\tlabel\n" + "word\tx\nother\ty\n"
    task, data = prepared("classify", tmp_path / "x.tsv", text)
    with pytest.raises(
        CheckpointError, match=r"have label of shape \(3,\) and float64, expected \(2,\) and real numbers"
    ):
        fitted(task, data, tmp_path).load_weights({"label": np.zeros(3)})
