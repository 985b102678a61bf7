"""Word vectors: what is read, and answers and scores counted by hand."""

import random

import numpy as np
import pytest

import elman
from elman.data.readers import READERS
from elman.errors import ConfigError, DataError
from elman.tasks import TASKS
from elman.tasks.base import DataFiles

ROYAL = (["king", "queen", "prince", "princess"], ["rules", "crowns", "inherits"], ["castle", "throne", "realm"])
ANIMAL = (["cat", "dog", "horse", "sheep"], ["eats", "chases", "sniffs"], ["grass", "bone", "barn"])

# man 5, king 4, woman 3, queen 2: ids 0 to 3.
COUNTED = "man man king\nwoman queen man king\nman woman king queen\nwoman man king\n"
VECTORS = np.array([[1, 0], [1, 1], [-1, 0], [-1, 1.5]], np.float32)


def grammar(count=300):
    """Return sentences about the court and about animals, which share `the`, `and` and `it` only."""
    draw, lines = random.Random(1), []
    for _ in range(count):
        who, does, what = draw.choice([ROYAL, ANIMAL])
        one, other = draw.choice(who), draw.choice(who)
        lines.append(
            f"the {one} {draw.choice(does)} the {draw.choice(what)} and the {other} {draw.choice(does)} it .\n"
        )
    return "".join(lines)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def text_reader():
    kind = READERS.get("text")
    return kind(kind.Config())


def prepare(folder, text, valid=None, held_out=0.0, **options):
    """Return the task that learns the words of a text, its data, and what it said."""
    kind, said = TASKS.get("embed"), []
    files = DataFiles([written(folder / "train.txt", text)], valid or [], held_out)
    task, data = kind.prepare(kind.Config(**options), text_reader(), files, folder, said.append)
    return task, data, [text for text in said if "words are few" not in text]


class Table:
    """Vectors that are given, and of a new word its first letter's; it takes the word in the middle for word 0."""

    vectors = VECTORS

    def vector_of(self, word):
        return {"k": VECTORS[1], "q": VECTORS[3]}.get(word[:1])

    def loss(self, source, seed):
        return 1.5, 8

    def missing_word(self, contexts):
        return np.zeros(len(contexts), np.int64)


@pytest.fixture
def counted(tmp_path):
    return prepare(tmp_path, COUNTED, min_count=1)[0]


@pytest.fixture(scope="module")
def court(tmp_path_factory):
    """A run on the grammar, with runs of characters."""
    folder = tmp_path_factory.mktemp("court")
    text = written(folder / "court.txt", grammar())
    settings = {"model.embedding_size": 16, "model.subwords": [3, 4], "training.learning_rate": 0.1}
    return elman.train("embed", str(text), out=folder / "run", epochs=8, threads=1, settings=settings).path


def words_of(task):
    return dict(zip(task.vocabulary.tokens, task.vocabulary.counts.tolist(), strict=True))


# What is read


def test_words_are_lower_case_without_marks_and_not_rare(tmp_path):
    task, data, said = prepare(tmp_path, "The cat, the dog.\nThe bird!\n", min_count=2)
    assert words_of(task) == {"the": 3}
    told = task.outlines.reads["context"]
    assert (list(told.names), told.counts.tolist()) == (["the"], [3])
    assert data.train.line_end == 1
    assert data.train.ids.tolist() == [0, 2, 2, 0, 2, 2, 1, 0, 2, 2, 1]
    assert said == ["words: simple, guessed: punctuation is cut off; --set task.words=simple or blanks decides it"]
    assert data.card["training"] == "3 words kept of 11 tokens"
    assert data.card["vocabulary"] == "1 word"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"lowercase": False}, {"the": 1, "The": 2, "cat": 2, "dog": 1}),
        ({"lowercase": True}, {"the": 3, "cat": 2, "dog": 1}),
        ({"punctuation": True}, {"the": 3, "cat": 2, "dog": 1, ",": 1, ".": 1}),
        ({"words": "blanks"}, {"the": 3, "cat,": 1, "cat": 1, "dog.": 1}),
        ({"min_count": 3}, {"the": 3}),
    ],
)
def test_options_decide_what_a_word_is(tmp_path, options, expected):
    options = {"min_count": 1, "words": "simple", **options}
    task, _, said = prepare(tmp_path, "The cat, the dog.\nThe cat\n", **options)
    assert words_of(task) == expected
    assert said == []


def test_a_text_whose_marks_stand_apart_is_cut_at_blanks(tmp_path):
    task, _, said = prepare(tmp_path, "the cat , the dog-cat's .\n" * 3)
    assert task.config.words == "blanks"
    assert said == [
        "words: blanks, guessed: punctuation stands apart already; --set task.words=simple or blanks decides it"
    ]


def test_the_words_are_those_of_the_training_part(tmp_path):
    text = "a b c d e f g h i\n" + "new " * 10
    task, data, _ = prepare(tmp_path, text, held_out=0.5, min_count=1)
    assert (len(data.train), len(data.valid)) == (10, 11)
    assert "new" not in task.vocabulary
    with pytest.raises(DataError, match="no word occurs 5 times"):
        prepare(tmp_path, text, held_out=0.5)


def test_one_percent_is_held_out_if_nothing_is_said(court, tmp_path):
    assert elman.load(court).validation == ["1%"]
    data = prepare(tmp_path, grammar(), held_out=0.01)[1]
    whole = len(data.train) + len(data.valid)
    assert len(data.train) == int(whole * 0.99)
    assert data.card["validation"] == f"{whole - len(data.train)} tokens"


def test_validation_files_are_text_or_pairs_or_analogies(tmp_path):
    pairs = written(tmp_path / "pairs.csv", "man,king,9\nwoman,queen,7\n")
    analogies = written(tmp_path / "asked.txt", ": royal\nman king woman queen\n")
    text = written(tmp_path / "valid.txt", "man or king\n")
    task, data, _ = prepare(tmp_path, COUNTED, [text], min_count=1)
    assert data.valid.ids.tolist() == [0, 5, 1, 4]
    assert data.card["validation"] == "4 tokens"
    assert task.validate(Table(), data).scores[0].name == "cross_entropy"
    for files, names in (
        ([pairs], ["spearman_pairs"]),
        ([analogies], ["accuracy_asked"]),
        ([pairs, analogies], ["spearman_pairs", "accuracy_asked"]),
    ):
        task, data, _ = prepare(tmp_path, COUNTED, files, min_count=1)
        assert [score.name for score in task.validate(Table(), data).scores] == names
        assert data.card["validation"] == ", ".join(path.name for path in files)


def test_questions_and_text_together_are_refused(counted, tmp_path):
    pairs, text = written(tmp_path / "pairs.csv", "man,king,9\n"), written(tmp_path / "text.txt", "man or king\n")
    message = f"{pairs} has questions and {text} has text: expected one kind. Give one of them."
    with pytest.raises(DataError) as refused:
        prepare(tmp_path, COUNTED, [text, pairs], min_count=1)
    assert str(refused.value) == message
    with pytest.raises(DataError) as refused:
        counted.evaluate(Table(), text_reader(), [pairs, text], tmp_path)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty. Give it some text."),
        ("\n \n", "nothing but white space. Give it some text."),
        ("a b c\n", "no word occurs 5 times, as task.min_count asks. Give more text or a lower count."),
        (". , ! ?\n" * 9, "no word occurs 5 times, as task.min_count asks. Give more text or a lower count."),
    ],
)
def test_a_text_without_words_is_refused(tmp_path, text, message):
    path = written(tmp_path / "text.txt", text)
    with pytest.raises(DataError) as refused:
        elman.train("embed", str(path), out=tmp_path / "run", threads=1)
    assert str(refused.value) == f"{path}: {message}"
    assert not (tmp_path / "run").exists()


def test_a_text_of_other_words_is_refused(counted, tmp_path):
    with pytest.raises(DataError, match=r"train\.txt: no word occurs once, as task\.min_count asks"):
        prepare(tmp_path, "... !\n", min_count=1)
    other = written(tmp_path / "other.txt", "nothing of this\n")
    with pytest.raises(DataError) as refused:
        counted.evaluate(Table(), text_reader(), [other], tmp_path)
    assert str(refused.value) == (
        f"{other}: no word of it is in the vocabulary of the training text. Is it the right file?"
    )


@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
@pytest.mark.parametrize("text", ["alone alone alone alone\n" * 2, "alone\n" * 8])
def test_a_vocabulary_of_one_word_trains(tmp_path, loss, text):
    path = written(tmp_path / "text.txt", text)
    elman.train("embed", str(path), out=tmp_path / "run", threads=1, epochs=2, settings={"model.loss": loss})
    model = elman.load(tmp_path / "run")
    assert model.predict("alone") == []
    assert np.isfinite(model.model.vectors).all()
    assert (tmp_path / "run" / "report.html").exists()


def test_files_round_trip(counted, tmp_path):
    (tmp_path / "saved").mkdir()
    counted.save(tmp_path / "saved")
    loaded = TASKS.get("embed").load(counted.config, tmp_path / "saved")
    assert words_of(loaded) == words_of(counted) == {"man": 5, "king": 4, "woman": 3, "queen": 2}
    assert loaded.fingerprint == counted.fingerprint


# Answers


def test_the_nearest_words_with_their_cosines(counted):
    asked = [counted.parse(line, False) for line in (" Man \n", "nobody", "kingdom")]
    known, unknown, by_parts = counted.answer(counted.ready(Table()), asked, 2)
    assert known.shown == "Man -> king 0.707  queen -0.555"
    assert known.value == [("king", pytest.approx(0.5**0.5)), ("queen", pytest.approx(-1 / 3.25**0.5))]
    nearest = [{"word": "king", "cosine": 0.7071}, {"word": "queen", "cosine": -0.5547}]
    assert known.facts == {"word": "Man", "known": True, "nearest": nearest}
    assert (unknown.value, unknown.shown) == ([], "nobody -> (no vector)")
    assert unknown.facts == {"word": "nobody", "known": False, "nearest": []}
    assert by_parts.shown == "kingdom (by its parts) -> king 1.000  man 0.707"
    assert by_parts.facts["known"] is False


def test_case_counts_where_words_keep_it(tmp_path):
    task = prepare(tmp_path, COUNTED, min_count=1, lowercase=False)[0]
    [answer] = task.answer(task.ready(Table()), [task.parse("Man", False)], 1)
    assert answer.shown == "Man -> (no vector)"


def test_an_analogy(counted):
    answer = counted.analogy(counted.ready(Table()), "Man", "king", "woman", 5)
    assert answer.shown == "Man : king = woman : queen 0.886"  # no other word is left
    assert answer.facts == {"a": "Man", "b": "king", "c": "woman", "nearest": [{"word": "queen", "cosine": 0.8859}]}
    with pytest.raises(DataError) as refused:
        counted.analogy(counted.ready(Table()), "man", "emperor", "empress", 5)
    assert str(refused.value) == "'emperor': not among the 4 words of this run."


def test_neighbours_are_of_the_same_kind(court):
    model = elman.load(court)
    for kind in (ROYAL, ANIMAL):
        words = {word for group in kind for word in group}
        for word in kind[0]:
            found = [near for near, _ in model.predict(word, 5) if near != "the"]
            assert set(found[:3]) <= words, word
    [answer] = model.answer([model.task.parse("Princely", False)], 1)
    assert answer.shown.startswith("Princely (by its parts) -> prince")
    assert model.predict("xyz") == []
    with pytest.raises(
        ConfigError, match="'embed' has no generate; a run of task 'forecast', 'handwriting', 'lm' or 'strokes'"
    ):
        model.generate("the")


# Scores


def test_scores_on_text(counted, tmp_path):
    text = written(tmp_path / "text.txt", "man or king, queen!\nman\nking man\n")
    found = counted.evaluate(Table(), text_reader(), [text], tmp_path)
    # A line of one word has no gap; of five, two miss `man`.
    assert {score.name: score.value for score in found.scores} == {"cross_entropy": 1.5, "cloze_accuracy": 2 / 5}
    assert found.counts == {"words": 6, "pairs": 8, "gaps": 5}
    assert found.shown == "1.5000 nats/pair"
    alone = counted.evaluate(Table(), text_reader(), [written(text, "man\n\nking\n")], tmp_path)
    assert [score.name for score in alone.scores] == ["cross_entropy"]


def test_scores_on_pairs(counted, tmp_path):
    lines = "Word 1,Word 2,Human\nman,king,9\nking,queen,8\nman,woman,2\nking,duke,1\nman,queen,3\n"
    found = counted.evaluate(Table(), text_reader(), [written(tmp_path / "ws.csv", lines)], tmp_path)
    # Cosines 0.71, 0.20, -1, (no vector), -0.55: the order that people give.
    assert [(score.name, score.value) for score in found.scores] == [("spearman_ws", pytest.approx(1))]
    assert found.counts == {"words": 4, "pairs of ws": 5, "answered of ws": 4}
    assert found.shown == "spearman ws 1.000"
    assert found.details[0].rows[0] == ["man - king", "9", "0.707"]
    by_parts = written(tmp_path / "ws.csv", "kingdom,queens,5\nman,king,9\n")
    assert counted.evaluate(Table(), text_reader(), [by_parts], tmp_path).counts["answered of ws"] == 2


def test_scores_on_analogies(counted, tmp_path):
    text = (
        ": royal\nman king woman queen\nMan woman king queen\n: other\nman king woman duchess\nqueen man king woman\n"
    )
    found = counted.evaluate(Table(), text_reader(), [written(tmp_path / "asked.txt", text)], tmp_path)
    # With four words there is one left to choose; one question has a word without a vector.
    assert [(score.name, score.value) for score in found.scores] == [("accuracy_asked", 1.0)]
    assert found.counts == {"words": 4, "questions of asked": 4, "answered of asked": 3}
    assert [list(row) for row in found.details[0].rows] == [["royal", 1.0, 2, 2, 2], ["other", 1.0, 1, 1, 2]]
    none = counted.evaluate(Table(), text_reader(), [written(tmp_path / "n.txt", ": s\na b c d\n")], tmp_path)
    assert np.isnan(none.scores[0].value)
