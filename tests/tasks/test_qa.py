"""Task qa: spans by words, windows whose logits compare, scores, baselines, and what a user meets."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

import elman
from elman.cli.main import main
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.decoding.spans import Scored
from elman.demos.qa import QaDemo
from elman.errors import DataError
from elman.inference.seen import seen
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from elman.tasks.base.guesses import GUESSES
from elman.text.passages import passage_words

SMALL = {"model.embedding_size": 12, "model.hidden_size": 12, "model.dropout": 0.0, "training.validate_every": 50}
TEXT = "Ann  was a Dane.\tShe lived in Ny–borg 😀 and, in 1901, left Rome."


def write(path, *articles):
    """Write articles of one passage: a text, and questions with an answer each."""
    made = []
    for number, (text, asked) in enumerate(articles):
        qas = [
            {
                "id": f"{number}-{place}",
                "question": question,
                "answers": [{"text": gold, "answer_start": text.find(gold)}],
            }
            for place, (question, gold) in enumerate(asked)
        ]
        made.append({"title": str(number), "paragraphs": [{"context": text, "qas": qas}]})
    path.write_text(json.dumps({"data": made}))
    return path


def drawn(path, seed, count=120):
    draw, articles = random.Random(seed), []
    for _ in range(count):
        who, where = (
            draw.sample(["Ann", "Ben", "Carla", "Dora", "Emil"], 2),
            draw.sample(["Rome", "Bonn", "Oslo", "Ulm"], 2),
        )
        text = " ".join(f"{one} lived in {place} once." for one, place in zip(who, where, strict=True))
        articles.append((text, [(f"Where did {who[0]} live?", where[0]), (f"Where did {who[1]} live?", where[1])]))
    return write(path, *articles)


def prepared(path, **options):
    kind, reader = TASKS.get("qa"), READERS.get("squad")
    config, said = kind.Config(**{"min_count": 1, **options}), []
    made = reader(reader.Config(), names_of(kind.fields(config)))
    return (*kind.prepare(config, made, DataFiles([path], [path], 0), path.parent, said.append), said)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qa")
    options = {"steps": 60, "batch_size": 16, "threads": 1, "learning_rate": 0.02, "settings": SMALL}
    return elman.train("qa", drawn(folder / "a.json", 1), out=folder / "run", **options).path


def test_it_learns_and_beats_what_needs_no_learning(run):
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    easy = {one["model"]: one["value"] for one in events if one["event"] == "baseline"}
    assert set(easy) == {"question only", "first match", "sliding window"}
    found = elman.load(run).evaluate(drawn(run.parent / "b.json", 2, 30))
    scores = {score.name: score for score in found.scores}
    assert scores["exact_match"].value > 0.9 > max(easy.values())
    assert "rules:squad-v1.1|golds:max|learned:216 questions" in scores["answer_f1"].signature
    assert found.details[0].title == "By the first word of the question"


def test_ones_own_text_is_asked_and_places_are_those_of_the_text(run, tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("Today 😀:  Ann lived in Rome once.\nBen lived in Bonn once.\n")
    asked = ["--question", "Where did Ben live?", "--question", "Where did Ann live?"]
    assert main(["predict", str(run), str(path), *asked, "--k", "1", "--json"]) == 0
    for line, answer in zip(capsys.readouterr().out.splitlines(), ("Bonn", "Rome"), strict=True):
        facts = json.loads(line)
        (best,) = facts["answers"]
        assert best["text"] == answer == path.read_text()[best["start"] : best["end"]]
        weights = np.array(facts["attention"]["weights"])
        assert weights.shape == (len(facts["attention"]["passage"]), len(facts["attention"]["question"]))
        np.testing.assert_allclose(weights.sum(1), 1, atol=1e-3)
    assert main(["predict", str(run), str(path), *asked[:2], "--k", "2"]) == 0
    shown, question = capsys.readouterr().out.rstrip("\n").split("\t")
    assert shown.startswith("Bonn ")
    assert question == "Where did Ben live?"


def test_files_and_lines_are_read_too(run, tmp_path, capsys):
    path = write(tmp_path / "c.json", ("Dora lived in Ulm once.", [("Where did Dora live?", "Ulm")]))
    assert main(["predict", str(run), str(path), "--k", "1"]) == 0
    assert capsys.readouterr().out.startswith("Ulm ")
    lines = tmp_path / "lines.txt"
    lines.write_text("Dora lived in Ulm once.\tWhere did Dora live?\n")
    assert main(["predict", str(run), str(lines), "--k", "1"]) == 0
    assert capsys.readouterr().out.startswith("Ulm ")


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_passage_is_refused_alone_and_has_an_empty_answer_among_others(run, tmp_path, capsys, text):
    model, question = elman.load(run), "Where did Ann live?"
    with pytest.raises(DataError, match=r"^no passage: got nothing, expected some words\. Give it\.$"):
        model.task.about(text, question)
    path = tmp_path / "text.txt"
    path.write_text(text)
    assert main(["predict", str(run), str(path), "--question", question]) == 2
    assert "text.txt: got no text, expected the one that --question asks about. Give it some." in said(capsys)
    (example,) = model.read(write(tmp_path / "a.json", (text, [(question, "Rome")])))
    (answer,) = model.task.answer(model.ready, [example], 1)
    assert answer.facts["answers"] == [{"text": "", "start": 0, "end": 0, "probability": 0.0}]


def said(capsys):
    """Return what was told, on one line."""
    return " ".join(capsys.readouterr().err.split())


def test_a_file_of_questions_is_not_one_passage(run, tmp_path, capsys):
    path = write(tmp_path / "c.json", ("Dora lived in Ulm once.", [("Where did Dora live?", "Ulm")]))
    asked = ["predict", str(run), str(path), "--question", "Where did Dora live?"]
    assert main(asked) == 2
    told = said(capsys)
    assert f"--question: {path} is a file like those of the training, with questions of its own, expected a" in told
    assert "Leave --question out to have them answered, or read the file as one text with --input text." in told
    assert main([*asked, "--input", "data"]) == 2
    assert f"--question: got --input data, expected text: all of {path} is one text. Leave one out." in said(capsys)
    assert main([*asked, "--input", "text"]) == 0
    assert capsys.readouterr().out.endswith("\tWhere did Dora live?\n")


def test_much_to_read_is_told_before_it_is_read(run, tmp_path, capsys):
    path = tmp_path / "long.txt"
    path.write_text("Ann lived in Rome once.\n" * 7000)
    model = elman.load(run)
    (example,) = [model.task.about(path.read_text(), "Where did Ann live?")]
    windows = sum(1 for _ in model.task.windows(example))
    told = f"passages of more than 400 words are read in windows, {windows:,} in all: this takes a while"
    assert model.task.remarks([example]) == [told]
    assert model.task.remarks([model.task.about("Ann lived in Rome once. " * 700, "Where?")]) == []


def test_marks_alone_are_no_answer_where_there_are_words(run):
    model = elman.load(run)
    text = "Ann, who was 'here', lived ... in Rome -- once. Ben lived in Bonn (now); once!"
    (answer,) = model.task.answer(model.ready, [model.task.about(text, "Where did Ben live?")], 100)
    found = [piece.text for piece in answer.value]
    assert len(found) > 5
    assert all(any(map(str.isalnum, one)) for one in found)


def test_samples_show_what_is_right_beside_what_is_said(run):
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    lines = [one["text"] for one in events if one["event"] == "sample"][-1].splitlines()
    assert len(lines) == 4
    for line in lines:
        answer, question, right = line.split("\t")
        assert question.startswith("Where did ")
        assert right == f"right: {answer.split()[0]}"  # it learned them all


def test_parts_of_a_file_that_was_trained_on_are_told(run, tmp_path):
    path = drawn(tmp_path / "a.json", 7, 12)
    options = {"valid": f"{path}#4/6", "steps": 1, "batch_size": 16, "threads": 1, "settings": SMALL}
    model = elman.load(elman.train("qa", f"{path}#0-3/6", out=tmp_path / "run", **options))
    told = {part: [one.split(": its")[0] for one in seen(model, [f"{path}{part}"])] for part in PARTS}
    assert told == {part: [f"{tmp_path / 'run'} was {how}a.json{part}"] if how else [] for part, how in PARTS.items()}


PARTS = {
    "": "trained on some of ",
    "#0-3/6": "trained on ",
    "#0-1/6": "trained on some of ",
    "#4/6": "validated on ",
    "#5/6": "",
    "#1/2": "trained on some of ",
    "#5/12": "",
}


def test_a_passage_of_marks_alone_has_a_mark_as_answer(run):
    model = elman.load(run)
    (answer,) = model.task.answer(model.ready, [model.task.about(" -- ", "Where?")], 1)
    assert answer.value[0].text in ("-", "--")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Ann lived in Rome.", "got 0 tabs in 'Ann lived in Rome.', expected one, between a passage and a question"),
        ("a\tb\tc", "got 2 tabs in 'a\\tb\\tc', expected one, between a passage and a question about it"),
        ("Ann\t ", "no question: got nothing, expected some words. Give it."),
        (" \tWho?", "no passage: got nothing, expected some words. Give it."),
    ],
)
def test_a_line_that_is_no_question_is_refused(run, line, said):
    with pytest.raises(DataError) as refused:
        elman.load(run).task.parse(line, False)
    assert str(refused.value).startswith(said)


def test_a_passage_alone_is_told_how_it_is_asked(run):
    with pytest.raises(DataError, match=r'; a text that is all one passage is asked with --question "\.\.\."\.$'):
        elman.load(run).task.parse("Ann lived in Rome.", False)


def test_an_answer_and_its_score_are_the_same_alone_and_among_others(run):
    model = elman.load(run)
    task, texts = model.task, [f"{'Then ' * n}Ann lived in Rome once. Ben lived in Bonn." for n in range(32)]
    examples = [task.about(text, "Where did Ben live?") for text in texts]
    together = task.answer(model.ready, examples, 3)
    alone = [task.answer(model.ready, [one], 3)[0] for one in examples]
    assert [one.value for one in together] == [one.value for one in alone]


class Known:
    """Says of each word what its id says: any window has the same logits of the same word."""

    def spans(self, batch):
        ids = batch.fields["passage"].values
        draw = np.random.default_rng(3).normal(0, 3, (2, 200))
        return Scored(draw[0][ids], draw[1][ids])


def test_a_passage_in_windows_gives_what_it_gives_as_a_whole(tmp_path):
    text = " ".join(f"w{number}" for number in range(90))
    path = write(tmp_path / "a.json", (text, [("w?", "w7 w8")]))
    whole, *_ = prepared(path)
    cut = type(whole)(whole.config.model_copy(update={"longest": 20, "overlap": 6}), whole.coder, whole.answers)
    one, other = (task.answer(Known(), [task.about(text, "w?")], 4)[0] for task in (whole, cut))
    assert one.value == other.value
    places = [text[piece.start : piece.end] for piece in other.value]
    assert [piece.text for piece in other.value] == places


def test_a_long_passage_is_learned_from_where_its_answer_is_and_it_is_said(tmp_path):
    text = " ".join(f"w{number}" for number in range(90))
    path = write(tmp_path / "a.json", (text, [("w?", "w70 w71")]), ("Ann sat.", [("Who?", "Ann")]))
    task, data, said = prepared(path, longest=20, overlap=6)
    assert said == [
        "1 of 2 questions are about passages of more than 20 words: learned from a window that has the answer, "
        "answered from all; --set task.longest=N decides it"
    ]
    first, stop = data.train.examples[0].fields["window"]
    assert stop - first == 20
    (target,) = task.gold(data.train.examples[0])["answer"]
    words = task.given(task.config, data.train.examples[0])[0]
    assert words[target[0] : target[1] + 1] == ["w70", "w71"]
    assert task.evaluation(Known(), data.valid).counts["questions"] == 2


def test_answers_off_the_borders_of_words_are_moved_and_answers_nowhere_left_out_and_told(tmp_path):
    path = write(tmp_path / "a.json", (TEXT, [("Where?", "Ny"), ("When?", "190"), ("Who?", "Zoe")]))
    task, data, said = prepared(path)
    assert said == [
        "1 answer of training not on the borders of words: taken with all of the words that it touches",
        "left out of training: 1 question whose answer is nowhere in its passage",
    ]
    assert [one.fields["question"] for one in data.train.examples] == ["Where?", "When?"]
    words = passage_words(TEXT)
    first, last = data.train.targets["answer"].values[0]
    assert words[first : last + 1] == ["Ny"]
    assert task.evaluation(Known(), data.valid).counts["questions whose answer is nowhere in the passage"] == 1


def test_what_is_held_out_shares_no_article_with_training(tmp_path):
    kind, reader = TASKS.get("qa"), READERS.get("squad")
    path, config = drawn(tmp_path / "a.json", 4, 20), kind.Config(min_count=1)
    made = reader(reader.Config(), names_of(kind.fields(config)))
    _, data = kind.prepare(config, made, DataFiles([path], [], 0.2), tmp_path, str)
    train, valid = ({one.about["article"] for one in part.examples} for part in (data.train, data.valid))
    assert len(valid) == 4
    assert not train & valid


def test_nothing_to_learn_from_is_refused(tmp_path):
    path = write(tmp_path / "a.json", (TEXT, [("Who?", "Zoe")]))
    with pytest.raises(DataError, match=r"no answer stands in its passage: nothing to learn from\. Is it the file\?"):
        prepared(path)


def test_baselines_take_what_they_say(tmp_path):
    text = "In 1890 Ann met Zoe in Oslo. In 1901 a great storm hit the old harbour of New York."
    asked = [("When did the storm hit?", "1901"), ("Where did the storm hit the harbour?", "New York")]
    path = write(tmp_path / "a.json", (text, asked), ("Ann left in 1901.", [("When did Ann leave?", "1901")]))
    task, data, _ = prepared(path)
    batch = task.batch(data.valid, np.arange(3))

    def said(model):
        return [
            task.kept(data.valid.examples[row], one).text for row, one, _ in sorted(task.each(model, data.valid, True))
        ]

    found = {name: said(guess) for name, guess in task.trivial(data).items()}
    assert found == {
        "sliding window": ["1901", "New York", "1901"],
        "first match": ["1890", "New York", "1901"],
        "question only": ["1901", "New York", "1901"],
    }
    window = GUESSES.get("sliding_window")(task.coder, data.train)
    assert window.spans(batch).start.shape == batch.fields["passage"].values.shape


def test_where_the_passage_looked_is_inspected(run, tmp_path, capsys):
    line = "Ann lived in Rome once. Ben lived in Bonn once.\tWhere did Ben live?"
    assert main(["inspect", str(run), "reading", line]) == 0
    answer, names, *rows = capsys.readouterr().out.splitlines()
    assert answer.startswith("Bonn ")
    assert names.split() == ["word", "looked", "at,", "with", "its", "share"]
    assert sum(row.startswith("Bonn ") for row in rows) == 1
    assert main(["inspect", str(run), "reading", line, "--out", str(tmp_path / "seen.svg")]) == 0
    assert ">Bonn<" in (tmp_path / "seen.svg").read_text()
    assert main(["inspect", str(run), "reading", " \tWhere?"]) == 2
    assert "no passage: got nothing, expected some words." in capsys.readouterr().err


def test_a_run_that_was_stopped_goes_on_as_if_it_was_not(run, tmp_path):
    options = {"batch_size": 16, "threads": 1, "learning_rate": 0.02}
    settings = {**SMALL, "model.dropout": 0.2, "training.schedule": "constant"}
    path = drawn(tmp_path / "a.json", 3, 30)
    whole = elman.train("qa", path, out=tmp_path / "whole", steps=12, settings=settings, **options).path
    half = elman.train("qa", path, out=tmp_path / "half", steps=6, settings=settings, **options).path
    elman.resume(half, steps=12)
    for one, other in zip(*(elman.load(path).model.weights().values() for path in (whole, half)), strict=True):
        assert np.array_equal(one, other)


def test_the_recipe_trains(tmp_path, capsys):
    recipe = Path(__file__).parents[2] / "configs" / "qa" / "squad.toml"
    path = drawn(tmp_path / "a.json", 5, 12)
    files = ["--train", f"{path}#0-3/6", "--valid", f"{path}#4/6", "--out", str(tmp_path / "run")]
    assert main(["train", str(recipe), *files, "--steps", "2", "--hidden", "8", "--set", "model.embedding_size=4"]) == 0
    assert "16 questions" in capsys.readouterr().err


def test_texts_of_the_demonstration_have_their_answers():
    for article in json.loads(QaDemo().text())["data"][:50]:
        (paragraph,) = article["paragraphs"]
        for one in paragraph["qas"]:
            (answer,) = one["answers"]
            assert paragraph["context"].startswith(answer["text"], answer["answer_start"])


def test_threads_do_not_matter(run):
    model = elman.load(run)
    example = model.task.about("Ann lived in Rome once.", "Where did Ann live?")
    before = torch.get_num_threads()
    try:
        found = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(model.task.answer(model.ready, [example], 2)[0].value)
    finally:
        torch.set_num_threads(before)
    assert found[0] == found[1]


def test_a_text_is_asked_though_its_encoding_was_given(run, tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_bytes("Dora lived in Köln once.\n".encode("latin-1"))
    asked = ["predict", str(run), str(path), "--question", "Where did Dora live?", "--set", "reader.encoding=latin-1"]
    assert main([*asked, "--k", "1"]) == 0
    assert capsys.readouterr().out.endswith("\tWhere did Dora live?\n")
