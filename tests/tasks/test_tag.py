"""Tagging: what is decided about tags, and scores counted by hand."""

import numpy as np
import pytest

import elman
from elman.data.readers import READERS
from elman.data.records import Answers, Example
from elman.errors import ConfigError, DataError
from elman.models import MODELS
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from elman.tasks.base.pieces import CONTEXT, LONGEST, Piece, pieces

BIO = ["Anna B-PER|Kohl I-PER|visits O|Bonn B-LOC|. O", "Ben B-PER|visits O|Rome B-LOC|. O"] * 3


def conll(path, sentences):
    path.write_text("".join(sentence.replace("|", "\n") + "\n\n" for sentence in sentences))
    return path


def prepare(folder, sentences, **options):
    """Return the task that learns from sentences, its reader, and what it said."""
    kind, reader, said = TASKS.get("tag"), READERS.get("conll"), []
    path = conll(folder / "train.conll", sentences)
    reader = reader(reader.Config(), ("words", "tags"))
    task, data = kind.prepare(kind.Config(**options), reader, DataFiles([path], [path], 0), folder, said.append)
    return task, data, reader, said


class Says:
    """Answers to each word, known by its spelling, with a tag and how sure it is; to all others with `otherwise`."""

    def __init__(self, task, table, otherwise=("O", 0.5)):
        self.task, self.table, self.otherwise = task, table, otherwise

    def lengths(self, field, counts):
        return counts

    def answers(self, batch):
        tags, words = self.task.answers["tags"].vocabulary, self.task.coder.names
        ids = batch.fields["words"].values
        best, log_probs = np.zeros(ids.shape, np.int64), np.full((*ids.shape, len(tags)), -20.0)
        for place in np.ndindex(ids.shape):
            tag, probability = self.table.get(words[ids[place]], self.otherwise)
            best[place] = tags.encode([tag])[0]
            log_probs[(*place, best[place])] = np.log(probability)
        return Answers({"tags": best}, {"tags": log_probs})


def test_scores_of_spans_as_counted_by_hand(tmp_path):
    task, _, reader, _ = prepare(tmp_path, BIO)
    sure = {"anna": ("B-PER", 0.9), "kohl": ("E-PER", 0.7), "rome": ("S-LOC", 0.8), "<unk>": ("S-PER", 0.9)}
    model = Says(task, sure | {"bonn": ("O", 0.6)})
    test = conll(
        tmp_path / "test.conll",
        ["Anna B-PER|Kohl I-PER|visits O|Bonn B-LOC|. O", "Rome B-ORG|visits O|Zoe B-PER", "Kohl I-PER"],
    )
    found = task.evaluate(model, reader, [test], tmp_path)
    # In the file: PER LOC; ORG PER; PER. Predicted: PER; LOC PER; PER.
    assert {score.name: score.value for score in found.scores} == pytest.approx(
        {"span_f1": 2 / 3, "span_precision": 3 / 4, "span_recall": 3 / 5, "accuracy": 7 / 9}
    )
    assert found.shown == "F1 66.67%"
    assert found.counts == {
        "sentences": 3,
        "words": 9,
        "unknown words": 1,
        "tags unseen in training": 1,
        "impossible tags": 1,
    }
    kinds, tags, confusion, worst = found.details
    assert [list(row) for row in kinds.rows] == [
        ["LOC", 0.0, 0.0, 0.0, 1, 1, 0],
        ["ORG", 0.0, 0.0, 0.0, 1, 0, 0],
        ["PER", 1.0, 1.0, 1.0, 3, 3, 3],
    ]
    assert confusion.columns == ["", "PER", "O", "LOC", "ORG"]
    assert confusion.rows == [["PER", 4, 0, 0, 0], ["O", 0, 3, 0, 0], ["LOC", 0, 1, 0, 0], ["ORG", 0, 0, 1, 0]]
    assert tags.rows[1] == ["O", 3 / 4, 1.0, 6 / 7, 3, 4, 3]
    assert worst.rows == [
        [f"{test.name}:7", "[Rome ORG] visits [Zoe PER]", "[Rome LOC] visits [Zoe PER]"],
        [f"{test.name}:1", "[Anna Kohl PER] visits [Bonn LOC] .", "[Anna Kohl PER] visits Bonn ."],
    ]


def test_tags_of_words_are_whole_and_have_no_spans(tmp_path):
    task, _, reader, said = prepare(tmp_path, ["a NN-SBJ|b JJ-SBJ|( -LRB-"] * 3)
    assert said == ["tags: each tag for itself, guessed; --set task.scheme=none, iob1, bio or bioes decides it"]
    model = Says(task, {"a": ("NN-SBJ", 0.9), "b": ("NN-SBJ", 0.8), "(": ("-LRB-", 0.5)})
    found = task.evaluate(model, reader, [tmp_path / "train.conll"], tmp_path)
    assert [(score.name, score.value) for score in found.scores] == [("accuracy", 2 / 3)]
    assert "impossible tags" not in found.counts
    assert found.details[1].columns == ["", "-LRB-", "JJ-SBJ", "NN-SBJ"]
    assert found.details[1].rows[1] == ["JJ-SBJ", 0, 0, 3]
    [answer] = task.answer(model, [task.parse("a b (", True)], 1)
    assert answer.shown == "a/NN-SBJ b/NN-SBJ (/-LRB-"
    assert answer.facts["probabilities"] == [0.9, 0.8, 0.5]
    assert "spans" not in answer.facts


TOUCHING = {
    "iob1": "a I-X|b I-X|c B-X|d O|e I-Y",
    "bio": "a B-X|b I-X|c B-X|d O|e B-Y",
    "bioes": "a B-X|b E-X|c S-X|d O|e S-Y",
}


@pytest.mark.parametrize("scheme", TOUCHING)
def test_schemes_are_guessed_and_predictions_written_in_them(tmp_path, scheme):
    task, _, _, said = prepare(tmp_path, [TOUCHING[scheme]] * 3)
    assert said == [f"tags: spans in scheme {scheme}, guessed; --set task.scheme=none, iob1, bio or bioes decides it"]
    assert set(task.answers["tags"].names) == {"B-X", "E-X", "S-X", "O", "S-Y"}
    answers = [("a", "B-X"), ("b", "E-X"), ("c", "S-X"), ("d", "O"), ("e", "S-Y")]
    model = Says(task, {word: (tag, 0.75) for word, tag in answers})
    first, second = task.answer(model, [task.parse("a b c d e", True), task.parse("", True)], 1)
    assert [f"{word} {tag}" for word, tag in first.value] == TOUCHING[scheme].split("|")
    assert first.shown == "[a b X] [c X] d [e Y]"
    assert first.facts["spans"] == [
        {"type": "X", "text": "a b", "start": 0, "stop": 2, "start_char": 0, "end_char": 3, "confidence": 0.5625},
        {"type": "X", "text": "c", "start": 2, "stop": 3, "start_char": 4, "end_char": 5, "confidence": 0.75},
        {"type": "Y", "text": "e", "start": 4, "stop": 5, "start_char": 8, "end_char": 9, "confidence": 0.75},
    ]
    assert (first.facts["text"], first.facts["offsets"][1]) == ("a b c d e", (2, 3))
    assert (second.value, second.shown) == ([], "")


def test_a_scheme_that_is_given_is_not_guessed(tmp_path):
    task, _, _, said = prepare(tmp_path, [TOUCHING["bio"]] * 3, scheme="none")
    assert said == []
    assert "I-X" in task.answers["tags"].names


def test_impossible_training_tags_are_said(tmp_path):
    said = prepare(tmp_path, [*BIO, "Kohl I-PER|. O"])[3]
    assert said[1] == "1 training tags cannot stand where they stand in bio: read as conlleval does"


def test_a_crf_knows_which_tags_may_follow(tmp_path):
    task = prepare(tmp_path, BIO)[0]
    kind = MODELS.get("rnn_tagger")
    model = kind(kind.Config(hidden_size=4, characters="none"), *task.outlines)
    tags = task.answers["tags"].names
    pairs = model.heads["tags"].legal_pairs.numpy()
    after = {tag for tag, legal in zip(tags, pairs[tags.index("B-PER")], strict=True) if legal}
    assert after == {"E-PER"}


def beside(folder):
    for name, line in (("w", "fly to Bonn"), ("t", "O O B-LOC"), ("l", "flight")):
        (folder / name).write_text(f"{line}\n" * 4)
    return f"{folder}/w,{folder}/t,{folder}/l"


def test_a_label_of_the_sentence_needs_a_model_that_has_one(tmp_path):
    with pytest.raises(ConfigError) as refused:
        elman.train("tag", beside(tmp_path), out=tmp_path / "run", steps=1, model="window_tagger", threads=1)
    assert str(refused.value) == (
        "model: window_tagger reads words and predicts tags; task tag has words and wants tags and label. Choose one "
        "of: most_frequent, rnn_tagger."
    )
    assert not (tmp_path / "run").exists()


def test_one_file_may_have_commas_in_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kind = TASKS.get("tag")
    conll(tmp_path / "a,b,c.conll", BIO)
    assert not kind.settle(kind.Config(), ["a,b,c.conll"]).joint
    assert kind.settle(kind.Config(), ["a,b,d.conll"]).joint


def vectors(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return {"task.vectors": str(path)}


def test_vectors_of_another_width_are_refused(tmp_path):
    path = conll(tmp_path / "train.conll", BIO)
    settings = vectors(tmp_path / "v.txt", "anna 1 2 3")
    with pytest.raises(ConfigError) as refused:
        elman.train("tag", str(path), out=tmp_path / "run", steps=1, threads=1, settings=settings)
    assert str(refused.value) == (
        f"task.vectors: {tmp_path}/v.txt has vectors of 3 numbers, expected 100 as model.embedding_size. Give --set "
        "model.embedding_size=3."
    )


def test_vectors_are_where_a_model_starts(tmp_path):
    settings = vectors(tmp_path / "v.txt", "Anna 1 1", "anna 2 2", "Bonn 3 3", "zoe 4 4")
    task, data, _, _ = prepare(tmp_path, BIO, vectors=settings["task.vectors"])
    kind = MODELS.get("rnn_tagger")
    model = kind(kind.Config(hidden_size=4, characters="none", embedding_size=2), *task.outlines)
    table = model.encoder.words.weight.detach().numpy()
    rows = {word: table[task.coder.words.encode([word])[0]].tolist() for word in ("anna", "bonn", "zoe")}
    assert rows == {"anna": [2, 2], "bonn": [3, 3], "zoe": [4, 4]}
    assert data.card["vectors"] == f"{tmp_path}/v.txt: 2 of 7 training words (28.6%)"


def test_rare_words_are_read_as_unknown(tmp_path):
    task, data, _, _ = prepare(tmp_path, [*BIO, "Zoe B-PER|. O"], min_count=2)
    assert "zoe" not in task.coder.words
    assert data.card["unknown in validation"] == "1 (3.45%)"


def test_words_seen_once_are_sometimes_unknown_in_training(tmp_path):
    task, data, _, _ = prepare(tmp_path, [*BIO, "Zoe B-PER|. O"])
    zoe = task.coder.words.encode(["zoe"])[0]
    seen = [
        int((batch.fields["words"].values == zoe).sum()) for e in range(40) for batch in task.batches(data, 9, 0, e)
    ]
    assert 8 <= sum(seen) <= 32
    assert task.coder.words.encode(["never"]) == [0]
    whole = task.encode([Example({"words": ["Zoe"], "tags": ["O"]})])
    assert whole.inputs.of["words"][whole.inputs.values].tolist() == [zoe]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["the 1 1", "The 2 2", "THE 3 3"], {"the": [1, 1]}),
        (["THE 3 3", "The 2 2", "the 1 1"], {"the": [1, 1]}),
        (["The 2 2", "THE 3 3"], {"the": [2, 2]}),
        (["1996 1 1", "2026 2 2"], {"0000": [1, 1]}),
        (["1996 1 1", "0000 3 3", "2026 2 2"], {"0000": [3, 3]}),
    ],
)
def test_of_words_looked_up_as_one_that_which_is_written_so_has_the_vector(tmp_path, lines, expected):
    settings = vectors(tmp_path / "v.txt", *lines)
    task, _, _, _ = prepare(tmp_path, BIO, vectors=settings["task.vectors"])
    kind = MODELS.get("rnn_tagger")
    model = kind(kind.Config(hidden_size=4, characters="none", embedding_size=2), *task.outlines)
    table = model.encoder.words.weight.detach().numpy()
    assert {word: table[task.coder.words.encode([word])[0]].tolist() for word in expected} == expected


def test_other_vectors_are_other_data_and_their_path_is_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = []
    for line in ("anna 1 1", "anna 1 2", "anna 1 1"):
        vectors(tmp_path / "v.txt", line)
        task, data, _, _ = prepare(tmp_path, BIO, vectors="v.txt")
        assert task.config.vectors == f"{tmp_path}/v.txt"
        found.append(data.fingerprint)
    without = prepare(tmp_path, BIO)[1].fingerprint
    assert found[0] == found[2] != found[1]
    assert without not in found


def test_one_tag_only_is_refused(tmp_path):
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, ["Anna O|visits O"] * 3)
    assert str(refused.value) == (
        f"{tmp_path}/train.conll:1: the only tag of the training part is 'O', expected two or more. Is it the right "
        "column? With little data, --valid FILE holds nothing out."
    )


def test_one_label_of_sentences_only_is_refused(tmp_path):
    with pytest.raises(DataError) as refused:
        elman.train("tag", beside(tmp_path), valid=beside(tmp_path), out=tmp_path / "run", steps=1, threads=1)
    assert str(refused.value) == (
        f"{tmp_path}/w:1: the only label of the training part is 'flight', expected two or more. Is it the right "
        "column? With little data, --valid FILE holds nothing out."
    )
    assert not (tmp_path / "run").exists()


def test_tags_of_which_none_comes_twice_are_said_to_be_rare(tmp_path):
    kind, reader = TASKS.get("tag"), READERS.get("conll")
    path = conll(tmp_path / "train.conll", [f"word T{number}" for number in range(20)])
    reader = reader(reader.Config(), ("words", "tags"))
    with pytest.raises(DataError) as refused:
        kind.prepare(kind.Config(scheme="none"), reader, DataFiles([path], [], 0.1), tmp_path, str)
    assert str(refused.value).partition(": ")[2] == (
        "every tag is rare: 18 different ones in training, 18 of them once, and none of the 2 that were held out is "
        "among them. A tag is learned from examples: take coarser ones, leave the rare ones out, or give --valid FILE."
    )


def test_without_spans_their_scores_are_no_numbers(tmp_path):
    task, _, reader, _ = prepare(tmp_path, BIO)
    found = task.evaluate(Says(task, {}), reader, [conll(tmp_path / "none.conll", ["visits O|. O"])], tmp_path)
    values = {score.name: score.value for score in found.scores}
    assert list(values) == ["span_f1", "span_precision", "span_recall", "accuracy"]
    assert np.isnan([values[name] for name in ("span_f1", "span_precision", "span_recall")]).all()
    assert values["accuracy"] == 1


def test_a_rare_tag_stays_in_training(tmp_path):
    """Two sentences in a hundred have a place, and one a day; a tenth is held out."""
    common = [f"Anna B-PER|saw O|x{number} O" for number in range(97)]
    path = conll(tmp_path / "train.conll", [*common, "Bonn B-LOC|. O", "Rome B-LOC|. O", "Monday B-DAY|. O"])
    kind, reader, said = TASKS.get("tag"), READERS.get("conll"), []
    reader = reader(reader.Config(), ("words", "tags"))
    _, data = kind.prepare(kind.Config(), reader, DataFiles([path], [], 0.1, True), tmp_path, said.append)
    train, valid = ([set(one.fields["tags"]) for one in part.examples] for part in (data.train, data.valid))
    assert len(valid) == 10
    assert sum("B-LOC" in tags for tags in train) >= 1
    assert sum("B-PER" in tags for tags in valid) in (9, 10)
    assert any("B-DAY" in tags for tags in train)
    assert "1 of 4 tags has one example, which is trained on: validation has none of it" in said


def test_a_file_without_blank_lines_is_one_sentence_and_that_is_said(tmp_path):
    path = conll(tmp_path / "train.conll", ["|".join(f"w{number} O" for number in range(1200))])
    kind, reader = TASKS.get("tag"), READERS.get("conll")
    reader = reader(reader.Config(), ("words", "tags"))
    with pytest.raises(DataError) as refused:
        kind.prepare(kind.Config(), reader, DataFiles([path], [], 0.1, True), tmp_path, print)
    assert str(refused.value) == (
        f"{path}:1: the only example (1 sentence of 1,200 words), so none can be held out: sentences stand apart by "
        "blank lines. Give --valid FILE, or more data."
    )


@pytest.mark.parametrize("length", [1, 6, 7, 13])
def test_a_long_sentence_is_read_in_pieces_that_know_what_stands_around_them(tmp_path, monkeypatch, length):
    folder = tmp_path / "run"
    path = conll(tmp_path / "train.conll", BIO)
    settings = {"model.hidden_size": 4, "model.characters": "none"}
    options = {"steps": 1, "threads": 1, "out": folder, "settings": settings, "listener": elman.silent}
    model = elman.load(elman.train("tag", path, **options))
    words = " ".join(["Anna", "visits", "Bonn", "."] * 4).split()[:length]
    examples = [model.parse(" ".join(words)), model.parse("Ben visits Rome .")]
    whole = [answer.facts for answer in model.answer(examples)]
    monkeypatch.setattr("elman.tasks.base.pieces.LONGEST", 3)
    monkeypatch.setattr("elman.tasks.base.pieces.CONTEXT", 100)
    read = []
    seen = type(model.model).answers

    def answers(self, batch):
        read.extend(batch.fields["words"].lengths.tolist())
        return seen(self, batch)

    monkeypatch.setattr(type(model.model), "answers", answers)
    assert [answer.facts for answer in model.answer(examples)] == whole
    monkeypatch.setattr("elman.tasks.base.pieces.CONTEXT", 1)
    read.clear()
    found = model.answer(examples)
    assert [len(answer.facts["tags"]) for answer in found] == [length, 4]
    assert max(read) <= 5


def test_pieces_have_every_word_once():
    cut = pieces([0, 5, 2 * LONGEST + 1])
    assert cut[:2] == [Piece(0, 0, 0, 0, 0), Piece(1, 0, 0, 5, 5)]
    assert cut[2:] == [
        Piece(2, 0, 0, LONGEST, LONGEST + CONTEXT),
        Piece(2, LONGEST - CONTEXT, LONGEST, 2 * LONGEST, 2 * LONGEST + 1),
        Piece(2, 2 * LONGEST - CONTEXT, 2 * LONGEST, 2 * LONGEST + 1, 2 * LONGEST + 1),
    ]
