"""Classification: what is decided about labels, and scores counted by hand."""

import math
import re

import numpy as np
import pytest

import elman
from elman.data.readers import READERS
from elman.data.records import Answers, Example
from elman.errors import ConfigError, DataError
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base import DataFiles


def prepare(folder, lines, name="table", held_out=0.0, **options):
    """Return the task that learns from lines, its data, its reader, and what it said."""
    kind, reader, said = TASKS.get("classify"), READERS.get(name), []
    path = folder / "train.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    reader = reader(reader.Config(), ("text", "labels"))
    files = DataFiles([path], [] if held_out else [path], held_out)
    return *kind.prepare(kind.Config(**options), reader, files, folder, said.append), reader, said


class Says:
    """Answers to each text, known by its first word, with the probability of every label."""

    def __init__(self, task, table):
        self.task, self.table = task, table

    def lengths(self, field, counts):
        return counts

    def answers(self, batch):
        words = self.task.coder.names
        firsts = [words[row[0]] if len(row) else "" for row in batch.fields["words"].values]
        [(head, coder)] = self.task.answers.items()
        with np.errstate(divide="ignore"):
            rows = np.log([[self.table[first].get(label, 0.0) for label in coder.names] for first in firsts])[:, None]
        return Answers({head: rows.argmax(-1)}, {head: rows})


ONE = ["good film .\tpos", "fine film .\tpos", "bad film .\tneg", "dull film .\tneg", "so so .\tneutral"]


def test_scores_of_one_label_as_counted_by_hand(tmp_path):
    task, _, reader, said = prepare(tmp_path, ONE)
    assert said == ["words: blanks, guessed: punctuation stands apart already; --set task.words=simple or blanks decides it"]  # fmt: skip  # noqa: E501
    model = Says(
        task,
        {
            "good": {"pos": 0.9, "neg": 0.1},
            "bad": {"pos": 0.7, "neg": 0.3},
            "dull": {"neg": 0.6, "pos": 0.4},
            "<unk>": {"pos": 1.0},
        },
    )
    test = tmp_path / "test.tsv"
    test.write_text("good film .\tpos\nbad film .\tneg\ndull one .\tneg\ngreat .\tsuperb\n")
    found = task.evaluate(model, reader, [test], tmp_path)
    # pos: right 1 of 3 given, 1 there; neg: 1 of 1 given, 2 there; superb: none of 1.
    f1 = (2 * 1 / (3 + 1), 2 * 1 / (1 + 2), 0)
    values = {score.name: score.value for score in found.scores}
    assert values == pytest.approx({"accuracy": 0.5, "macro_f1": sum(f1) / 3})
    assert found.shown == "accuracy 50.00%"
    assert found.counts == {
        "texts": 4,
        "words": 11,
        "unknown words": 2,
        "labels unseen in training": 1,
        "labels beyond the first": 0,
        "empty texts": 0,
        "of the label most frequent in training": 2,  # neg, which is as frequent as pos in training and first by name
    }
    by_label, confusion, worst = found.details
    assert by_label.rows[0] == ["neg", 1.0, 0.5, 2 / 3, 2, 1, 1]
    assert confusion.rows == [["neg", 1, 1, 0], ["pos", 0, 1, 0], ["superb", 0, 1, 0]]
    assert worst.rows == [
        [f"{test.name}:2", "neg", "pos", "bad film ."],
        [f"{test.name}:4", "superb", "pos", "great ."],
    ]


def test_the_k_likeliest_labels(tmp_path):
    task = prepare(tmp_path, ONE)[0]
    model = Says(task, {"good": {"pos": 0.75, "neg": 0.25}})
    [answer] = task.answer(model, [task.parse("good one", False)], 2)
    assert answer.value == [("pos", pytest.approx(0.75)), ("neg", pytest.approx(0.25))]
    assert answer.shown == "pos 0.750  neg 0.250\tgood one"
    assert answer.facts["labels"][0] == {"label": "pos", "probability": 0.75}


SEVERAL = ["__label__a x one", "__label__a __label__b y two", "__label__b z three", "__label__c w four"]


def test_several_labels_are_found_said_and_scored(tmp_path):
    task, _, reader, said = prepare(tmp_path, SEVERAL, "fasttext")
    assert task.config.multi_label
    assert f"labels: several a text, as at {tmp_path}/train.txt:2; each is a yes or no of its own" in said
    model = Says(
        task,
        {"x": {"a": 0.9, "b": 0.6}, "y": {"a": 0.8, "b": 0.7}, "z": {"a": 0.2, "b": 0.3}, "w": {"c": 0.9, "a": 0.1}},
    )
    found = task.evaluate(model, reader, [tmp_path / "train.txt"], tmp_path)
    # a: 2 hits. b: 1 hit, 1 false, 1 missed. c: 1 hit.
    values = {score.name: score.value for score in found.scores}
    assert values == pytest.approx({"micro_f1": 8 / 10, "macro_f1": (1 + 0.5 + 1) / 3, "exact_match": 2 / 4})
    assert found.shown == "micro F1 80.00%"
    by_label, worst = found.details
    assert by_label.rows[1] == ["b", 0.5, 0.5, 0.5, 2, 2, 1]
    assert [row[:3] for row in worst.rows] == [
        ["train.txt:3", "b", ""],
        ["train.txt:1", "a", "a, b"],
    ]
    fits, none = task.answer(model, [task.parse("y two", False), task.parse("z three", False)], task.few)
    assert [label for label, _ in fits.value] == ["a", "b"]
    assert (none.value, none.shown, none.facts["labels"]) == ([], "(none)\tz three", [])


def test_yes_and_no_for_every_label(tmp_path):
    task, data, _, _ = prepare(tmp_path, SEVERAL, "fasttext")
    [batch] = task.batches(data, 9, 0, 0)
    yes = batch.fields["labels"].values
    assert yes.shape == (4, 1, 3)
    assert sorted(map(tuple, yes[:, 0].tolist())) == [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0)]
    assert batch.count("labels") == 4


def test_balanced_classes_weigh_the_same_and_one_on_average(tmp_path):
    lines = ["a\tx"] * 6 + ["b\ty"] * 3 + ["c\tz"]
    losses = []
    for kind in ("none", "balanced"):
        task, data, _, _ = prepare(tmp_path, lines, class_weights=kind)
        model = MODELS.get("rnn_classifier")
        model = model(model.Config(hidden_size=4, embedding_size=4), *task.outlines)
        initialize(model, 1)
        [batch] = task.batches(data, 16, 0, 0)
        losses.append(model.loss(batch, model.initial_state(10), None).heads["label"].nats.item())
    weights = batch.fields["label.weights"].values[:, 0]
    assert weights.mean() == pytest.approx(1)
    for label in range(3):
        assert weights[batch.fields["label"].values[:, 0] == label].sum() == pytest.approx(10 / 3)
    assert not math.isclose(*losses, rel_tol=1e-3)


def test_several_labels_cannot_be_balanced(tmp_path):
    with pytest.raises(ConfigError) as refused:
        prepare(tmp_path, SEVERAL, "fasttext", class_weights="balanced")
    assert str(refused.value) == "task.class_weights: several labels a text cannot be balanced. Leave it out."


NAMES = [f"{first}{last}\t{last}" for first in "ABDEFGHIKLMNOPRS" for last in ("va", "son", "ini", "O 2")]


def test_names_are_read_character_by_character(tmp_path):
    task, data, _, said = prepare(tmp_path, NAMES)
    assert said[0].startswith("words: characters, guessed: ")
    assert task.config.words == "characters"
    assert set(task.coder.names) == {"<unk>", *"abdefghiklmnoprsv 0"}  # in lower case, each digit as 0
    example = task.parse(" Ann 7é ", split=False)
    assert example.fields == {"text": " Ann 7é ", "words": [["A", "n", "n", " ", "7", "é"]]}
    encoded = task.encode([example])
    assert task.coder.counts(encoded.inputs) == {"characters": 6, "unknown characters": 1}
    assert data.card["vocabulary"] == "20 characters"
    assert data.card["training"] == "64 texts, 240 characters"
    assert not task.hints
    task.save(tmp_path)
    again = type(task).load(task.config, tmp_path)
    assert (again.fingerprint, again.coder.unit) == (task.fingerprint, "characters")


def test_characters_are_not_split_at_blanks(tmp_path):
    task = prepare(tmp_path, NAMES)[0]
    with pytest.raises(DataError, match=r"reads texts character by character, blanks too\. Leave --input tokens out\."):
        task.parse("A n n", split=True)


def test_a_long_name_is_read_to_its_limit(tmp_path):
    *_, said = prepare(tmp_path, [*NAMES, f"{'x' * 40}\tva"], longest=30)
    assert said[-1] == "2 of 130 texts are longer than 30: what is beyond is not read; --set task.longest=N decides it"


def test_one_label_only_is_refused(tmp_path):
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, ["good\tpos", "bad\tpos"])
    assert str(refused.value) == (
        f"{tmp_path}/train.txt:1: the only label of the training part is 'pos', expected two or more. Is it the right "
        "column? With little data, --valid FILE holds nothing out."
    )


def test_a_single_example_cannot_be_held_out(tmp_path):
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, ["good film\tpos"], held_out=0.1)
    assert str(refused.value) == (
        f"{tmp_path}/train.txt:1: the only example (1 text of 9 characters), so none can be held out: each row or line "
        "is an example. Give --valid FILE, or more data."
    )


def split_of(folder, lines, share=0.1, stratified=True, **options):
    """Return the texts by label of the training part and of what is held out, and what was said."""
    kind, reader, said = TASKS.get("classify"), READERS.get("table"), []
    path = folder / "train.tsv"
    path.write_text("".join(f"{line}\n" for line in lines))
    reader = reader(reader.Config(header="no"), ("text", "labels"))
    config = kind.Config(words="blanks", **options)
    _, data = kind.prepare(config, reader, DataFiles([path], [], share, stratified), folder, said.append)
    parts = [[example.fields for example in part.examples] for part in (data.train, data.valid)]
    return *parts, said


RARE = [f"film {number} was good\ta" for number in range(25)] + [f"film {number} was bad\tb" for number in range(22)]


def test_a_rare_class_stays_in_training_and_the_others_have_their_share(tmp_path):
    lines = [*RARE, *(f"film {number} was so\tc" for number in range(2)), "one of a kind\td"]
    train, valid, said = split_of(tmp_path, lines)
    assert sorted(one["labels"][0] for one in valid) == ["a", "a", "a", "b", "b"]
    assert {one["labels"][0] for one in train} == set("abcd")
    assert said[0] == "1 of 4 classes has one example, which is trained on: validation has none of it"
    mixed = split_of(tmp_path, [*reversed(lines)])[1]
    assert sorted(one["text"] for one in mixed) == sorted(one["text"] for one in valid)
    drawn = split_of(tmp_path, lines, stratified=False)[1]
    assert sorted(one["text"] for one in drawn) != sorted(one["text"] for one in valid)


def test_what_has_no_label_among_several_is_held_out_too(tmp_path):
    lines = [*RARE, *(f"film {number} was so\t" for number in range(20))]
    _, valid, _ = split_of(tmp_path, lines, multi_label=True)
    assert sum(not one["labels"] for one in valid) == 2


def test_a_threshold_decides_which_of_several_labels_are_given(tmp_path):
    task, _, reader, _ = prepare(tmp_path, SEVERAL, "fasttext")
    model = Says(
        task,
        {"x": {"a": 0.9, "c": 0.2}, "y": {"a": 0.8, "b": 0.6}, "z": {"b": 0.4, "c": 0.1}, "w": {"c": 0.7, "b": 0.6}},
    )
    other = task.at(0.3)
    found = other.evaluate(model, reader, [tmp_path / "train.txt"], tmp_path)
    assert [score.signature.partition("|elman")[0] for score in found.scores] == [
        "labels:several|threshold:0.3",
        "labels:several|threshold:0.3",
        "labels:several, all right|threshold:0.3",
    ]
    asked = [task.parse("z three", False)]
    assert task.answer(model, asked, task.few)[0].value == []
    assert [label for label, _ in other.answer(model, asked, other.few)[0].value] == ["b"]
    ranked = task.answer(model, asked, 3)[0]
    assert [label for label, _ in ranked.value] == ["b", "c", "a"]
    assert [one["probability"] for one in ranked.facts["labels"]] == [0.4, 0.1, 0.0]


def test_one_label_has_no_threshold(tmp_path):
    task = prepare(tmp_path, ONE)[0]
    with pytest.raises(ConfigError) as refused:
        task.at(0.3)
    assert str(refused.value) == (
        "threshold: got 0.3, but only a run whose texts may have several labels has one; this run of task classify has "
        "not. Leave it out."
    )


def test_labels_of_which_none_comes_twice_are_said_to_be_rare(tmp_path):
    """The file is the user's only one, so it is not another than meant."""
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, [f"text {number}\tlabel {number}" for number in range(40)], held_out=0.1)
    where, _, message = str(refused.value).partition(": ")
    assert re.fullmatch(rf"{re.escape(str(tmp_path))}/train\.txt:\d+", where)
    assert message == (
        "every label is rare: 36 different ones in training, 36 of them once, and none of the 4 that were held out is "
        "among them. A label is learned from examples: take coarser ones, leave the rare ones out, or give "
        "--valid FILE."
    )


def test_validation_labels_that_nobody_learned_are_those_of_another_file(tmp_path):
    task = prepare(tmp_path, ONE)[0]
    examples = [Example({"text": "a", "labels": [f"other {number}"]}, f"v.txt:{number + 1}") for number in range(7)]
    with pytest.raises(DataError) as refused:
        task.check(examples, held_out=False)
    assert str(refused.value) == (
        "v.txt:1: no label of this file was learned in training: got 'other 0', 'other 1', 'other 2', 'other 3', "
        "'other 4'. Is it the right file, in the format of the training files?"
    )
    task.check([*examples, Example({"text": "a", "labels": ["pos"]})], held_out=False)


def test_empty_texts_are_counted_and_answered(tmp_path):
    task = prepare(tmp_path, ONE)[0]
    kind = MODELS.get("rnn_classifier")
    model = kind(kind.Config(hidden_size=4, embedding_size=4), *task.outlines)
    initialize(model, 1)
    found = task.evaluation(model, task.encode([Example({"text": "", "labels": ["pos"]})]))
    assert found.counts["empty texts"] == 1
    assert all(math.isfinite(score.value) for score in found.scores)
    assert math.fsum(p for _, p in task.answer(model, [task.parse("", False)], 9)[0].value) == pytest.approx(1)


def test_words_are_cut_where_punctuation_is_not(tmp_path):
    task, _, _, said = prepare(tmp_path, ["It's good.\tpos", "It isn't.\tneg"])
    assert said == ["words: simple, guessed: punctuation is cut off; --set task.words=simple or blanks decides it"]
    assert "n't" in task.coder.words
    assert "it's" in prepare(tmp_path, ["It's good.\tpos", "It isn't.\tneg"], words="blanks")[0].coder.words


@pytest.mark.parametrize(
    ("name", "lines", "text", "labels"),
    [("table", ONE * 3, "good film .", ["pos", "neg", "neutral"]), ("fasttext", SEVERAL * 5, "y two", ["a", "b"])],
)
def test_the_linear_model_learns_its_training_texts(tmp_path, name, lines, text, labels):
    pytest.importorskip("sklearn")
    prepare(tmp_path, lines, name)
    settings = {"reader.name": name, "model.strength": 1000.0}
    run = elman.train("classify", f"{tmp_path}/train.txt", out=tmp_path / "run", model="linear", settings=settings)
    model = elman.load(run.path)
    assert model.evaluate(tmp_path / "train.txt").scores[0].value == 1
    found = [label for label, _ in model.predict(text)]
    assert sorted(found) == sorted(labels)
    assert len(labels) == 2 or found[0] == labels[0]


def test_phrases_of_one_tree_do_not_leak_into_validation(tmp_path):
    trees = [f"(3 (2 film{i}) (4 (2 works) (3 well)))" if i % 2 else f"(1 (2 film{i}) (0 fails))" for i in range(20)]
    kind, reader = TASKS.get("classify"), READERS.get("trees")
    path = tmp_path / "trees.txt"
    path.write_text("\n".join(trees) + "\n")
    reader = reader(reader.Config(phrases="all"), ("text", "labels"))
    _, data = kind.prepare(kind.Config(), reader, DataFiles([path], [], 0.2), tmp_path, str)
    trained, held_out = ({example.where for example in part.examples} for part in (data.train, data.valid))
    assert not trained & held_out
    assert len(held_out) == len(data.valid.examples) == 4
    assert len(data.train.examples) > 16 == len(trained)


def test_labels_beyond_the_first_of_one_label_runs_are_counted(tmp_path):
    task = prepare(tmp_path, ONE)[0]
    model = Says(task, {"good": {"pos": 1.0}, "bad": {"pos": 1.0}})
    rows = [("good film .", ["pos", "neg", "new"]), ("bad film .", ["neg", "pos"])]
    found = task.evaluation(model, task.encode([Example({"text": text, "labels": labels}) for text, labels in rows]))
    assert found.counts["labels beyond the first"] == 3
    assert found.scores[0].value == 0.5, "the first label is the label"


def test_balanced_classes_change_what_the_linear_model_says(tmp_path):
    """`common` and `rare` texts share their words, so only how much each counts decides."""
    pytest.importorskip("sklearn")
    lines, given = ["some words here\tcommon"] * 6 + ["some words here\trare"] * 3 + ["odd\tcommon"] * 3, {}
    for kind in ("none", "balanced"):
        prepare(tmp_path, lines)
        path, settings = str(tmp_path / "train.txt"), {"reader.name": "table", "task.class_weights": kind}
        run = elman.train("classify", path, valid=path, out=tmp_path / kind, model="linear", settings=settings)
        model = elman.load(run.path)
        given[kind] = dict(model.predict("some words here"))
    assert given["none"]["rare"] == pytest.approx(1 / 3, abs=0.05)
    assert given["balanced"]["rare"] > 0.5


def trees(folder, lines, **options):
    """Return the data of a task that learns from trees and their phrases, a fifth of the sentences held out."""
    kind, reader = TASKS.get("classify"), READERS.get("trees")
    path = folder / "trees.txt"
    path.write_text("\n".join(lines) + "\n")
    reader = reader(reader.Config(phrases="all", **options), ("text", "labels"))
    config = kind.Config(digits=False)
    return *kind.prepare(config, reader, DataFiles([path], [], 0.2), folder, str), reader


def test_words_of_phrases_are_counted_as_those_of_sentences(tmp_path):
    lines = [f"(3 (2 a{i}) (4 (3 (2 film) (3 works)) (2 (2 film) (1 too))))" for i in range(10)]
    lines += [f"(1 (2 b{i}) (0 fails))" for i in range(10)]
    task, data, _ = trees(tmp_path, lines)
    where = {example.where for example in data.train.examples}
    counts = dict(zip(task.coder.words.tokens, task.coder.words.counts.tolist(), strict=True))
    long = sum(int(place.rpartition(":")[2]) <= 10 for place in where)
    assert len(where) == 16
    assert (counts["film"], counts["works"], counts["fails"]) == (2 * long, long, 16 - long)
    alone = [word for word in counts if word[1:].isdigit()]
    assert len(alone) == 16
    assert {counts[word] for word in alone} == {1}
    held_out = {int(example.where.rpartition(":")[2]) - 1 for example in data.valid.examples}
    assert not {f"{'a' if row < 10 else 'b'}{row % 10}" for row in held_out} & set(counts)


def test_binary_phrases_of_neutral_sentences_are_trained_on_and_only_whole_sentences_held_out(tmp_path):
    lines = [f"(3 (2 a{i}) (4 works))" for i in range(10)] + [f"(0 (2 b{i}) (1 fails))" for i in range(10)]
    lines += [f"(2 (2 c{i}) (4 shines))" for i in range(5)]
    _, data, _ = trees(tmp_path, lines, binary=True)
    trained, held_out = ({example.where for example in part.examples} for part in (data.train, data.valid))
    assert not trained & held_out
    assert len(held_out) == len(data.valid.examples) == 4
    whole = {f"a{i} works": "positive" for i in range(10)} | {f"b{i} fails": "negative" for i in range(10)}
    for example in data.valid.examples:
        assert example.fields["labels"] == [whole[example.fields["text"]]]
    texts = [example.fields["text"] for example in data.train.examples]
    assert texts.count("shines") == 5, "phrases of neutral sentences"
    assert not any(text.startswith("c") for text in texts)
    assert trained | held_out == {f"{tmp_path}/trees.txt:{line}" for line in range(1, 26)}


@pytest.mark.parametrize("phrases", ["sentences", "all"])
def test_what_trees_pass_over_is_counted_once(tmp_path, phrases):
    lines = ["(3 good)", "", "(2 so)", "(0 bad)", "(1 dull)"]
    kind, reader = TASKS.get("classify"), READERS.get("trees")
    path = tmp_path / "trees.txt"
    path.write_text("\n".join(lines) + "\n")
    reader = reader(reader.Config(phrases=phrases, binary=True), ("text", "labels"))
    kind.prepare(kind.Config(), reader, DataFiles([path], [], 0.34), tmp_path, str)
    assert reader.skipped == {"empty lines": 1, "neutral phrases": 1}


def test_a_text_is_read_as_far_as_there_is_room_and_that_is_said(tmp_path):
    lines = ["a b c d e f\tpos", "a b c\tneg", "g h\tneg", "d e f g\tpos"]
    task, data, _, said = prepare(tmp_path, lines, longest=3, words="blanks")
    assert said == ["4 of 8 texts are longer than 3: what is beyond is not read; --set task.longest=N decides it"]
    assert sorted(data.train.lengths.tolist()) == [2, 3, 3, 3]
    assert "f" in task.coder.names  # within the room of the last text
    assert "g" in task.coder.names
    model = Says(task, {"a": {"pos": 1.0}, "g": {"neg": 1.0}, "d": {"pos": 1.0}})
    counts = task.evaluation(model, data.valid).counts
    assert counts["texts longer than 3, not read to their end"] == 2
    (answer,) = task.answer(model, [task.parse("a b c d", True)], 1)
    assert answer.facts["text"] == "a b c d"


def test_texts_within_the_room_are_not_spoken_of(tmp_path):
    task, data, _, said = prepare(tmp_path, ONE, words="blanks", longest=3)
    assert said == []
    model = Says(task, {first: {"pos": 1.0} for first in ("good", "fine", "bad", "dull", "so")})
    assert not any("longer" in name for name in task.evaluation(model, data.valid).counts)


def test_series_are_cut_too(tmp_path):
    path = tmp_path / "long.ts"
    rows = [":".join([",".join(str((i * k) % 7) for i in range(n))]) + f":{label}" for k, (n, label) in
            enumerate([(9, "x"), (4, "y"), (8, "x"), (3, "y")], 1)]  # fmt: skip
    path.write_text(
        "@problemName t\n@univariate true\n@equalLength false\n@classLabel true x y\n@data\n" + "\n".join(rows)
    )
    run = elman.train("classify", str(path), valid=str(path), out=tmp_path / "run", steps=2, hidden=4,
                      settings={"task.longest": 5}, threads=1)  # fmt: skip
    counts = elman.load(run.path).evaluate(path).counts
    assert counts["series longer than 5, not read to their end"] == 2
    assert counts["frames"] == 5 + 4 + 5 + 3
