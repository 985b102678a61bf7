"""Commands on runs of tags, labels and pairs; lines that arrive."""

import io
import json
import math
import random
import re
import time
from itertools import count, islice, pairwise
from pathlib import Path
from typing import Any

import pytest

import elman
from elman.cli.options import arriving

NAMES = ["Anna", "Ben", "Carla", "Dora", "Emil"]
VERBS = ["sees", "likes", "avoids", "follows"]
SMALL = ["--steps", 30, "--hidden", 8, "--threads", 1, "--learning-rate", 0.02]


def examples(task):
    """Return the text of a small file for a task."""
    draw = random.Random(1)
    facts = [(draw.choice(NAMES), draw.choice(VERBS), draw.choice(NAMES)) for _ in range(61)]
    lines = {
        "tag": lambda one, other: f"{one[0]} B-PER\nKohl I-PER\n{one[1]} O\n{one[2]} B-PER\n. O\n\n",
        "classify": lambda one, other: f"{' '.join(one)} .\t{'good' if one[1] in VERBS[:2] else 'bad'}\n",
        "pair": lambda one, other: f"{' '.join(one)} .\t{' '.join(other)} .\t{one[1] == other[1]}\n",
    }
    return "".join(lines[task](*both) for both in pairwise(facts))


FILES = {"tag": "names.conll", "classify": "films.tsv", "pair": "pairs.tsv"}
FORMATS = {
    "tag": "format: conll, guessed; --set reader.name=NAME decides it: conll, conllu, jsonl, offsets, parallel, "
    "residues, tokens",
    "classify": "format: table, guessed; --set reader.name=NAME decides it: classes, fasttext, folders, genomes, "
    "jsonl, labeled, parallel, table, trees",
    "pair": "format: table, guessed; --set reader.name=NAME decides it: entailment, jsonl, parallel, table",
}
GUESSED = {
    "tag": "tags: spans in scheme bio, guessed; --set task.scheme=none, iob1, bio or bioes decides it",
    "classify": "words: blanks, guessed: punctuation stands apart already; --set task.words=simple or blanks decides",
    "pair": "words: blanks, guessed: punctuation stands apart already; --set task.words=simple or blanks decides",
}
TABLES = {
    "tag": ["By type", "By type of word", "Confusion matrix: rows are the file&#x27;s type of word"],
    "classify": ["By label", "Confusion matrix: rows are the file&#x27;s label"],
    "pair": ["By label", "Confusion matrix: rows are the file&#x27;s label", "Worst mistakes"],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with a file for each task."""
    folder = tmp_path_factory.mktemp("data")
    for task, name in FILES.items():
        (folder / name).write_text(examples(task))
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory, data):
    """A finished run of each task."""
    folder = tmp_path_factory.mktemp("runs")
    settings = {"training.learning_rate": 0.02}
    for task, name in FILES.items():
        options: dict[str, Any] = {"steps": 30, "hidden": 8, "threads": 1, "settings": settings}
        elman.train(task, str(data / name), out=folder / task, **options)
    return folder


def refused(result, message):
    assert result.code == 2
    [line] = result.err.splitlines()
    assert line == f"error: {message}"


@pytest.mark.parametrize("task", FILES)
def test_train_on_a_file_alone(run, data, tmp_path, monkeypatch, task):
    monkeypatch.chdir(tmp_path)
    result = run("train", task, data / FILES[task], *SMALL)
    assert result.code == 0, result.err
    assert FORMATS[task] in result.err.splitlines()
    assert GUESSED[task] in result.err
    assert "validation: 10% of the data, held out" in result.err
    assert result.out.splitlines()[-4:] == [
        "next:",
        f"  elman predict runs/{task}-1 FILE",
        f"  elman evaluate runs/{task}-1 FILE",
        f"  elman train --resume runs/{task}-1 --minutes 5",
    ]
    page = (tmp_path / "runs" / f"{task}-1" / "report.html").read_text()
    for title in TABLES[task]:
        assert title in page


@pytest.mark.parametrize(
    ("task", "metric", "titles"),
    [
        (
            "tag",
            "span f1",
            [
                "By type",
                "By type of word",
                "Confusion matrix: rows are the file's type of word, columns the predicted",
            ],
        ),
        ("classify", "accuracy", ["By label", "Confusion matrix: rows are the file's label, columns the predicted"]),
        ("pair", "macro f1", ["By label", "Confusion matrix: rows are the file's label, columns the predicted"]),
    ],
)
def test_evaluate_as_text_and_json(run, runs, data, task, metric, titles):
    text = run("evaluate", runs / task, data / FILES[task]).out
    beside = r" \(majority \d\.\d{4}\)" if metric == "accuracy" else ""
    assert re.search(rf"^  {metric} +\d\.\d{{4}}  of \w+{beside}$", text, re.M)
    assert text.splitlines()[0].startswith("60 ")
    found = json.loads(run("evaluate", runs / task, data / FILES[task], "--json").out)
    assert set(found) == {"run", "file", "scores", "counts", "majority", "details", "elman"}
    assert [*found["majority"]] == ["accuracy"]
    assert [detail["title"] for detail in found["details"] if detail["title"] != "Worst mistakes"] == titles
    for title in titles:
        assert f"\n{title}\n" in text
    assert "Worst mistakes" not in text, "too long for a terminal"
    confusion = found["details"][titles.index(titles[-1])]
    words = {"tag": 300, "classify": 60, "pair": 60}[task]
    assert sum(sum(row[1:]) for row in confusion["rows"]) == words


def answers(run, *arguments):
    result = run("predict", *arguments, "--json")
    assert result.code == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def test_tags_of_text_and_of_tokens(run, runs, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("Anna Kohl sees Ben.\n\nDora likes Emil .\n")
    text, empty, other = answers(run, runs / "tag", path)
    assert text["words"] == ["Anna", "Kohl", "sees", "Ben", "."]
    assert text["tags"] == ["B-PER", "I-PER", "O", "B-PER", "O"]
    place = {"start": 0, "stop": 2, "start_char": 0, "end_char": 9}
    span = text["spans"][0]
    assert span == {"type": "PER", "text": "Anna Kohl", **place, "confidence": span["confidence"]}
    assert 0.5 < span["confidence"] <= 1
    assert all(0.3 < p <= 1 for p in text["probabilities"])
    assert empty == {"text": "", "words": [], "offsets": [], "tags": [], "probabilities": [], "spans": []}
    assert other["words"] == ["Dora", "likes", "Emil", "."]
    tokens = answers(run, runs / "tag", path, "--input", "tokens")
    assert tokens[0]["words"] == ["Anna", "Kohl", "sees", "Ben."]
    shown = run("predict", runs / "tag", path).out.splitlines()
    assert (shown[0], shown[1]) == ("[Anna Kohl PER] sees [Ben PER] .", "")
    assert len(shown) == 3


@pytest.mark.parametrize("task", FILES)
def test_data_files_are_predicted_with_or_without_answers(run, runs, data, tmp_path, task):
    whole = answers(run, runs / task, data / FILES[task], "--input", "data")
    assert len(whole) == 60
    bare = tmp_path / FILES[task]
    cut = re.compile(r" \S+$" if task == "tag" else r"\t\w+$", re.M)
    bare.write_text(cut.sub("", (data / FILES[task]).read_text()))
    assert answers(run, runs / task, bare, "--input", "data") == whole


def test_labels_and_how_many_are_shown(run, runs, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("Anna likes Ben .\n\nBen avoids Anna .\n")
    first, empty, second = answers(run, runs / "classify", path)
    assert first["text"] == "Anna likes Ben ."
    assert first["labels"][0]["label"] == "good"
    assert second["labels"][0]["label"] == "bad"
    assert math.fsum(label["probability"] for label in first["labels"]) == pytest.approx(1, abs=1e-3)
    assert empty["text"] == ""
    shown = run("predict", runs / "classify", path, "--k", 1).out.splitlines()
    assert re.fullmatch(r"good 0\.\d{3}\tAnna likes Ben \.", shown[0])
    assert len(shown) == 3


def test_pairs_and_where_they_were_looked_at(run, runs, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("Anna likes Ben\tBen avoids\nAnna\tBen avoids Anna .\n")
    found = answers(run, runs / "pair", path)
    for answer, shape in zip(found, ((2, 3), (4, 1)), strict=True):
        weights = answer["attention"]["weights"]
        assert (len(weights), {len(row) for row in weights}) == (shape[0], {shape[1]})
        assert all(math.fsum(row) == pytest.approx(1, abs=1e-3) for row in weights)
        assert answer["attention"]["first"] == answer["first"].split()
    assert {label["label"] for label in found[0]["labels"]} == {"True", "False"}


def test_a_pair_without_a_tab_is_refused(run, runs, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("Anna likes Ben\n")
    message = f"{path}:1: got 0 tabs in 'Anna likes Ben', expected one, between the two texts. A file like those of "
    refused(
        run("predict", runs / "pair", path), f"{message}the training is read by elman predict RUN FILE --input data."
    )


OTHERS = {
    "tag": ("New B-LOC\nYork I-LOC\nCity I-LOC\n\n", "tag", "'B-LOC', 'I-LOC', 'E-LOC'"),
    "classify": ("Anna likes Ben .\tfine\nBen likes Anna .\tdull\n" * 3, "label", "'fine', 'dull'"),
    "pair": ("a .\tb .\tyes\nc .\td .\tno\na .\tc .\tyes\n", "label", "'yes', 'no'"),
}


@pytest.mark.parametrize("task", OTHERS)
def test_a_file_none_of_whose_labels_was_learned_is_refused(run, runs, data, tmp_path, task):
    content, what, got = OTHERS[task]
    path, out = tmp_path / FILES[task], tmp_path / "run"
    path.write_text(content)
    message = f"{path}:1: no {what} of this file was learned in training: got {got}. Is it the right file, in the "
    message += "format of the training files?"
    result = run("evaluate", runs / task, path)
    assert result.out == ""
    refused(result, message)
    result = run("train", task, data / FILES[task], "--valid", path, "--out", out, *SMALL)
    assert (result.code, result.err.splitlines()[-1]) == (2, f"error: {message}")
    assert not out.exists()
    path.write_text(content + examples(task))  # one that was learned is enough
    result = run("evaluate", runs / task, path)
    assert result.code == 0, result.err


@pytest.mark.parametrize("options", [[], ["--tokens"]])
def test_what_has_no_probability_gets_no_header(run, runs, data, options):
    result = run("score", runs / "tag", data / FILES["tag"], *options)
    refused(result, f"{runs}/tag: task 'tag' has no score; a run of task 'caption', 'lm' or 'seq2seq' has.")
    assert result.out == ""


def test_an_input_that_is_no_kind(run, runs):
    refused(
        run("predict", runs / "tag", "--input", "foo"), "--input: got 'foo'. Choose one of: auto, data, text, tokens."
    )
    refused(run("predict", runs / "tag", "--input", "txt"), "--input: got 'txt'. Did you mean 'text'?")


@pytest.mark.parametrize(
    ("verb", "tasks", "arguments"),
    [
        ("generate", "'forecast', 'handwriting', 'lm' or 'strokes'", ["generate", "RUN"]),
        ("score", "'caption', 'lm' or 'seq2seq'", ["score", "RUN", "FILE"]),
        ("likelihood of running text", "'lm'", ["evaluate", "RUN", "RUN", "--on", "FILE", "--tune", "FILE", "--mix"]),
    ],
)
def test_what_only_runs_of_other_tasks_do(run, runs, data, verb, tasks, arguments):
    named = {"RUN": runs / "tag", "FILE": data / FILES["tag"]}
    result = run(*(named.get(argument, argument) for argument in arguments))
    refused(result, f"{runs}/tag: task 'tag' has no {verb}; a run of task {tasks} has.")


@pytest.mark.parametrize("task", ["tag", "classify"])
def test_three_thousand_lines_of_standard_input_stay_in_order(run, runs, monkeypatch, task):
    draw = random.Random(2)
    lines = ["" if number % 100 == 7 else f"n{number}" + " x" * draw.randrange(12) for number in range(3000)]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("".join(f"{line}\n" for line in lines).encode())))
    found = answers(run, runs / task, "--input", "tokens")
    assert [answer["text"] if task == "classify" else " ".join(answer["words"]) for answer in found] == lines


def test_an_answer_does_not_depend_on_its_neighbours(run, runs, tmp_path):
    lines = ["Anna likes Ben .", "Ben " * 30, "Dora avoids Emil ."]
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(lines) + "\n")
    together = answers(run, runs / "classify", path)
    for line, answer in zip(lines, together, strict=True):
        path.write_text(f"{line}\n")
        [alone] = answers(run, runs / "classify", path)
        assert [label["label"] for label in alone["labels"]] == [label["label"] for label in answer["labels"]]
        for one, other in zip(alone["labels"], answer["labels"], strict=True):
            assert one["probability"] == pytest.approx(other["probability"], abs=2e-4)


def test_a_very_long_line(run, runs, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("Anna Kohl likes Ben . " * 10_000 + "\n")
    [answer] = answers(run, runs / "tag", path)
    assert len(answer["tags"]) == 50_000
    assert len(answer["spans"]) == 20_000


@pytest.mark.parametrize(("task", "model"), [("classify", "linear"), ("pair", "pair_features")])
def test_models_that_are_fitted(run, data, tmp_path, task, model):
    pytest.importorskip("sklearn")
    out = tmp_path / "run"
    result = run("train", task, data / FILES[task], "--model", model, "--out", out)
    assert result.code == 0, result.err
    assert "--resume" not in result.out
    assert f"  elman predict {out} FILE" in result.out.splitlines()
    page = (out / "report.html").read_text()
    assert "Fitted in one step" in page
    assert "Confusion matrix" in page
    found = json.loads(run("evaluate", out, data / FILES[task], "--json").out)
    assert found["scores"][0]["value"] > 0.8
    assert len(answers(run, out, data / FILES[task], "--input", "data")) == 60


def test_scores_that_correlate_with_nothing_are_null_and_a_model_is_kept(run, tmp_path):
    """One pair is held out here, with which nothing correlates: no validation is the best one."""
    rows = ["a\tb\t1", "c\td\t3", "a\td\t2"] * 4
    path, same = tmp_path / "scores.tsv", tmp_path / "same.tsv"
    path.write_text("\n".join(rows) + "\n")
    same.write_text("a\tb\t2\nc\td\t2\n")
    options = ["--set", "task.target=score", "--out", tmp_path / "run"]
    trained = run("train", "pair", path, *options, "--steps", 2, "--hidden", 4, "--threads", 1)
    assert trained.code == 0
    assert "\nbest on validation" not in trained.out
    assert (
        "no best on validation: pearson was not a finite number at any of 2 validations, so the weights of the last "
        "one are kept. A correlation has no value where all predictions, or all true values, are the same: train "
        "longer, or give more validation data; another score may decide, such as --set task.select=mean_squared_error."
    ) in trained.out.splitlines()
    assert "validation" in (described := run("describe", tmp_path / "run")).out
    assert "none is the best: pearson was not a finite number" in described.out
    found = json.loads(run("evaluate", tmp_path / "run", same, "--json").out)
    assert [score["value"] is None for score in found["scores"]] == [True, True, False]


@pytest.mark.parametrize(
    ("task", "content", "options", "message"),
    [
        (
            "classify",
            "a\tx\nb\tx\nc\tx\n",
            [],
            "{}:1: the only label of the training part is 'x', expected two or more. Is it the right column?",
        ),
        (
            "tag",
            "a O\n",
            [],
            "{}:1: the only example (1 sentence of 1 word), so none can be held out: sentences stand apart by blank "
            "lines. Give --valid FILE, or more data.",
        ),
        (
            "tag",
            "PK\x03\x04\0\0\0",
            [],
            "{}: looks like a spreadsheet (xlsx) or another zip file, expected text. Save it",
        ),
        ("pair", "a\tb\tx\na\tc\thigh\nd\te\t2\n", ["--set", "task.target=score"], "the score '"),
        (
            "tag",
            "just words\nand more words\n",
            [],
            "{}: looks like none of the formats that hold words, tags: conll, conllu, jsonl, offsets, parallel, "
            "residues, tokens. Name the one that it is with --set reader.name=NAME; elman describe NAME shows it.",
        ),
    ],
)
def test_training_that_cannot_be(run, tmp_path, task, content, options, message):
    path = tmp_path / "data.txt"
    path.write_text(content)
    result = run("train", task, path, "--out", tmp_path / "run", "--steps", 2, *options)
    assert result.code == 2, result.err
    [line] = [line for line in result.err.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in result.err
    assert message.format(path) in line
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("task", "model"), [("tag", "rnn_lm"), ("tag", "linear"), ("classify", "rnn_tagger"), ("pair", "rnn_classifier")]
)
def test_a_model_of_another_task(run, data, tmp_path, task, model):
    result = run("train", task, data / FILES[task], "--model", model, "--steps", 2, "--out", tmp_path / "run")
    assert result.code == 2
    assert re.match(rf"error: --model: {model} reads .*; task {task} has .*\. Choose one of: .*\.\n$", result.err)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("tag", ["tag (task)", "J = -1/T Σ log p(tags | words)", "scheme = 'auto'", "unknown_rate = 0.5"]),
        ("classify", ["classify (task)", "class_weights = 'none'"]),
        ("pair", ["pair (task)", "levels = 5"]),
        ("conll", ["conll (reader)", "tag_column = -1", "word_column"]),
        ("crf", ["crf (head)"]),
        ("linear", ["linear (model)", "ngrams = None", "longest n-gram, 2 by default; or characters, 5 by"]),
    ],
)
def test_describe_what_labels_have(run, name, parts):
    found = run("describe", name)
    assert found.code == 0
    for part in parts:
        assert part in found.out


def test_describe_a_run(run, runs):
    found = run("describe", runs / "tag").out
    assert "data, tags" in found
    assert re.search(r"validation +F1 \d+\.\d\d% at step \d+", found)


# Lines that arrive


def test_lines_keep_their_order_in_groups_of_at_most_so_many():
    groups = list(arriving(iter(map(str, range(1000))), 7))
    assert [line for group in groups for line in group] == list(map(str, range(1000)))
    assert max(map(len, groups)) <= 7
    assert list(arriving(iter([]), 7)) == []


def test_an_error_comes_after_the_lines_before_it():
    def lines():
        yield from "abc"
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        seen.extend(line for group in arriving(lines(), 100) for line in group)
    assert seen == list("abc")


def test_a_slow_line_is_not_waited_for():
    def lines():
        for number in count():
            yield str(number)
            time.sleep(0.2)

    assert list(islice(arriving(lines(), 100), 3)) == [["0"], ["1"], ["2"]]


def test_lines_that_wait_come_together():
    groups = arriving(iter(map(str, range(50))), 10)
    first = next(groups)
    time.sleep(0.1)
    assert len(first) <= 10
    assert len(next(groups)) == 10


def test_every_file_of_this_folder_has_a_task():
    assert set(FILES) == {path.stem for path in Path(elman.__file__).parent.glob("tasks/*.py")} - {
        "__init__",
        "lm",
        "embed",
        "seq2seq",
        "caption",
        "ctc",
        "forecast",
        "strokes",
        "handwriting",
        "memory",
        "qa",
        "transduce",
    }
