"""Task qa with four answers to choose among: baselines, scores with ties, and what a user meets."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.evaluation.chosen import Chosen, choice_verdict
from elman.tasks import TASKS
from elman.tasks.base import DataFiles
from elman.tasks.base.guesses import GUESSES
from elman.tasks.base.ways import WAYS
from elman.text.function_words import FUNCTION_WORDS
from elman.text.passages import spoken

SMALL = {"model.hidden_size": 8, "model.dropout": 0.0, "training.validate_every": 50}
WHERE = ["garden", "hall", "kitchen", "attic", "cellar"]


def write(folder, seed, count=100, name="a"):
    """Write stories in which somebody saw something: the right answer stands near to him."""
    draw, lines, letters = random.Random(seed), [], []
    for number in range(count):
        told = list(zip(draw.sample(["Ann", "Ben", "Carla"], 2), draw.sample(WHERE, 2), strict=True))
        who, right = draw.choice(told)
        given = [*draw.sample(sorted({*WHERE} - {right}), 3), right]
        draw.shuffle(given)
        text = " ".join(f"{one} saw the {place} and then slept a while." for one, place in told)
        lines.append("\t".join([str(number), "-", text, f"one: What did {who} see?", *(f"the {one}" for one in given)]))
        letters.append("ABCD"[given.index(right)])
    (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    (folder / f"{name}.ans").write_text("\n".join(letters) + "\n")
    return folder / f"{name}.tsv"


def prepared(path, **options):
    kind, reader = TASKS.get("qa"), READERS.get("mctest")
    config = kind.settle(kind.Config(**options), [str(path)])
    made = reader(reader.Config(), names_of(kind.fields(config)))
    return kind.prepare(config, made, DataFiles([path], [path], 0), path.parent, str)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choice")
    options = {"steps": 60, "batch_size": 16, "threads": 1, "learning_rate": 0.02, "settings": SMALL}
    return elman.train("qa", write(folder, 1), out=folder / "run", **options).path


def test_the_file_says_that_answers_are_chosen_and_by_which_model(run):
    config = (run / "config.toml").read_text()
    assert 'answers = "choice"' in config
    assert 'name = "choice_reader"' in config
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    easy = {one["model"] for one in events if one["event"] == "baseline"}
    assert easy == {"sliding window", "window + distance"}


def test_it_learns(run):
    found = elman.load(run).evaluate(write(run.parent, 2, 40, "b"))
    (accuracy,) = found.scores
    assert accuracy.value > 0.8
    assert "choices:4|ties:shared|learned:90 questions" in accuracy.signature
    assert found.details[0].title == "By what a question needs"
    assert found.details[0].rows == [["one sentence", accuracy.value, 40]]


def test_the_answer_that_is_chosen_is_named(run, tmp_path, capsys):
    path = write(tmp_path, 3, 2)
    path.with_suffix(".ans").unlink()
    assert main(["predict", str(run), str(path), "--k", "1"]) == 0
    text = path.read_text().split("\n")[0].split("\t")
    shown, question = capsys.readouterr().out.splitlines()[0].split("\t")
    assert shown[2:].rsplit(" ", 1)[0] == text[4 + "ABCD".index(shown[0])]
    assert question == text[3].removeprefix("one: ")
    assert main(["predict", str(run), str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out.splitlines()[0])
    assert facts["id"] == "0.0"
    assert next(one["letter"] for one in facts["answers"]) == shown[0]
    assert sum(one["probability"] for one in facts["answers"]) == pytest.approx(1, abs=1e-3)


def test_ones_own_text_is_asked_with_bars_between_the_answers(run, tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("Ann saw the hall and then slept a while. Ben saw the attic and then slept a while.")
    asked = "What did Ben see? | the hall | the garden | the attic | the cellar"
    assert main(["predict", str(run), str(path), "--question", asked, "--k", "1"]) == 0
    assert capsys.readouterr().out.startswith("C the attic ")
    lines = tmp_path / "lines.txt"
    lines.write_text("\t".join([path.read_text(), *asked.split(" | ")]) + "\n")
    assert main(["predict", str(run), str(lines), "--k", "1"]) == 0
    assert capsys.readouterr().out.startswith("C the attic ")
    assert main(["predict", str(run), str(path), "--question", "What did Ben see?"]) == 2
    assert "got 0 answers in 'What did Ben see?', expected 4 to choose among" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "A text.\tWho?",
            "got 1 tab in 'A text.\\tWho?', expected 5, between a passage, a question and its answers A,",
        ),
        ("A text.\tWho?\ta\t \tc\td", "answer B: got '', expected some words. Write it."),
        ("A text.\t\ta\tb\tc\td", "no question: got nothing, expected some words. Give it."),
    ],
)
def test_a_line_that_is_no_question_is_refused(run, line, said):
    with pytest.raises(DataError) as refused:
        elman.load(run).task.parse(line, False)
    assert str(refused.value).startswith(said)


def test_options_of_pieces_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"task\.everywhere: means nothing where one of four answers is chosen\."):
        prepared(write(tmp_path, 1, 4), everywhere=True)


def test_a_way_that_there_is_not_and_options_of_another_way_are_refused(run, tmp_path, capsys):
    path = write(tmp_path, 1, 4)
    with pytest.raises(ConfigError, match=r"unknown way of answering 'choise'\. Did you mean 'choice'\?"):
        prepared(path, answers="choise")
    assert main(["train", "qa", str(path), "--set", "task.answers=choise"]) == 2
    assert "unknown way of answering 'choise'" in capsys.readouterr().err
    assert main(["predict", str(run), str(path), "--set", "task.longest_answer=3"]) == 2
    assert "task.longest_answer: was decided when it was trained." in capsys.readouterr().err


def test_what_is_held_out_shares_no_story_with_training(tmp_path):
    lines = [f"{n}\t-\tAnn saw it.\tone: Who?\ta\tb\tc\td\tone: What?\ta\tb\tc\td\n" for n in range(10)]
    (tmp_path / "a.tsv").write_text("".join(lines))
    (tmp_path / "a.ans").write_text("A\tB\n" * 10)
    kind, reader = TASKS.get("qa"), READERS.get("mctest")
    config = kind.Config(answers="choice")
    made = reader(reader.Config(), names_of(kind.fields(config)))
    _, data = kind.prepare(config, made, DataFiles([tmp_path / "a.tsv"], [], 0.2), tmp_path, str)
    train, valid = ({one.about["article"] for one in part.examples} for part in (data.train, data.valid))
    assert len(valid) == 2
    assert not train & valid


GOLDEN = "Tom had a red ball. He gave the ball to Ann. Ann put it in a box."


@pytest.mark.parametrize(
    ("choice", "window", "distance"),
    [
        ("Ann", 1.909542504884, 0.125),
        ("Tom", 1.504077396776, 0.25),
        ("a red box", 2.602689685444, 0.0625),
        ("Sam", 1.504077396776, 1.0),
    ],
)
def test_the_baselines_are_those_of_richardson(tmp_path, choice, window, distance):
    task, data = prepared(write(tmp_path, 1, 4))
    found = task.trivial(data)
    words = spoken(GOLDEN), spoken("Who has the ball?"), spoken(choice)
    assert found["sliding window"].score(*words) == pytest.approx(window, abs=1e-11)
    assert found["window + distance"].score(*words) == pytest.approx(window - distance, abs=1e-11)


def test_the_window_is_the_best_of_all_by_loops(tmp_path):
    task, data = prepared(write(tmp_path, 1, 4))
    guess, draw = task.trivial(data)["sliding window"], random.Random(5)
    for _ in range(50):
        passage, question, choice = ([draw.choice("abcdefgh") for _ in range(n)] for n in (draw.randint(1, 12), 3, 2))
        wanted = {*question, *choice}
        sums = [
            sum(np.log(1 + 1 / passage.count(word)) for word in passage[start : start + len(wanted)] if word in wanted)
            for start in range(len(passage))
        ]
        assert guess.score(passage, question, choice) == pytest.approx(max(sums), abs=1e-12)
    assert guess.score([], ["a"], ["b"]) == 0


def test_answers_that_are_equally_good_share_what_is_right():
    log_probs = np.log([0.3, 0.3, 0.3, 0.1])
    assert [Chosen.of(log_probs, gold)[:2] for gold in (0, 2, 3)] == [(0, 1 / 3), (0, 1 / 3), (0, 0.0)]
    fields = {"question": "Who?", "choices": ["a", "b", "c", "d"]}
    examples = [Example({**fields, "answer": letter}, f"a.tsv:{n}") for n, letter in enumerate("CDA", 1)]
    found = choice_verdict(examples, [Chosen.of(log_probs, "ABCD".index(letter)) for letter in "CDA"], "7 questions")
    assert found.scores[0].value == pytest.approx(2 / 9)
    assert found.majority == {"accuracy": pytest.approx(1 / 3)}
    assert found.details[-1].rows == [["a.tsv:2", "Who?", "d", "a"]]
    assert len(found.details) == 1, "no table of what questions need where no file says it"


def test_every_guess_says_what_it_is_and_for_which_way():
    titles = [(kind.way, kind.title) for kind in map(GUESSES.get, GUESSES.names())]
    assert len({*titles}) == len(titles)
    assert {way for way, _ in titles} <= {*WAYS.names()}
    assert {"the", "who", "s"} <= FUNCTION_WORDS
    assert not {"ball", "Ann", "box"} & FUNCTION_WORDS


def test_what_makes_a_batch_smaller_is_not_an_option_that_is_refused(run):
    assert dict(elman.load(run).task.bounded) == {"batch_places": "places"}


def test_samples_show_the_right_answer_beside_the_one_that_is_chosen(run):
    events = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    lines = [one["text"] for one in events if one["event"] == "sample"][-1].splitlines()
    for line in lines:
        answer, question, right = line.split("\t")
        assert question.startswith("What did ")
        assert right == f"right: {answer.rsplit(' ', 1)[0]}"  # it learned them all


def test_the_recipe_trains(tmp_path, capsys):
    recipe = Path(__file__).parents[2] / "configs" / "qa" / "mctest.toml"
    path = write(tmp_path, 5, 12)
    assert main(["train", str(recipe), "--train", str(path), "--out", str(tmp_path / "run"), "--steps", "2"]) == 0
    assert "choice reader" in elman.load(tmp_path / "run").model.title
    capsys.readouterr()


def test_passages_without_windows_are_not_said_to_be_read_in_some(run):
    task = elman.load(run).task
    long = task.about("Ann had a ball. " * 200, "What did Ann have? | a ball | a box | a hat | a cat")
    assert task.remarks([long] * 200) == []
