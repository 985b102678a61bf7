"""What commands decide about data of labels, keep, and refuse."""

import json
import math
import re

import numpy as np
import pytest

import elman
from elman.config import Settings

SMALL = ["--steps", 2, "--hidden", 4, "--threads", 1]


def refused(result, message):
    assert result.code == 2, result.err
    assert [line for line in result.err.splitlines() if line.startswith("error: ")] == [f"error: {message}"]


def answers(run, *arguments):
    result = run("predict", *arguments, "--json")
    assert result.code == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def strict(path):
    """Return the lines of a log that are JSON without NaN and Infinity."""

    def none(name):
        raise AssertionError(f"{name} is no JSON")

    return [json.loads(line, parse_constant=none) for line in path.read_text().splitlines()]


# Words of what is predicted

WHOLE = {"classify": "this movie is bad .\tx\nbad .\ty\n", "pair": "movie .\tbad .\tx\nbad .\tis bad .\ty\n"}
ATTENDS = {"classify": {}, "pair": {"model.attention": "word_by_word"}}


def words_read(task, model, line, split):
    """Return the words that a model is given, each by name or <unk>."""
    data, coder = model.task.encode([model.parse(line, split)]), model.task.coder
    fields, _ = coder.batch(data.inputs, data.rows(np.array([0])))
    return [coder.decode(fields[name].values[0]) for name in data.names]


@pytest.mark.parametrize("task", WHOLE)
@pytest.mark.parametrize("words", ["blanks", "simple"])
def test_raw_text_is_cut_and_tokens_are_not_whatever_the_training_was(run, tmp_path, task, words):
    path, out = tmp_path / "a.tsv", tmp_path / "run"
    path.write_text(WHOLE[task] * 8 + ("c++\tx\n" if task == "classify" else "c++\tis\tx\n") * 2)
    settings = {"task.words": words, "reader.header": "no", "reader.columns": {"text": 1, "labels": 2}}
    settings = settings if task == "classify" else {"task.words": words, "reader.header": "no"}
    elman.train(task, str(path), valid=str(path), out=out, steps=1, hidden=4, threads=1, settings=settings)
    model = elman.load(out)
    other = "" if task == "classify" else "Bad.\t"
    prefix = [] if task == "classify" else [["bad", "."]]
    assert words_read(task, model, f"{other}This movie is bad.", False) == [
        *prefix,
        ["<unk>" if task == "pair" else "this", "movie", "is", "bad", "."],
    ]
    prefix = [] if task == "classify" else [["<unk>"]]  # "Bad." is one token
    known = "c++" if words == "blanks" else "<unk>"  # in training, simple words cut it
    assert words_read(task, model, f"{other}C++ is bad .", True) == [*prefix, [known, "is", "bad", "."]]
    lines = tmp_path / "lines.txt"
    lines.write_text(f"{other}C++ is bad.\n")
    [raw], [tokens] = answers(run, out, lines), answers(run, out, lines, "--input", "tokens")
    if task == "pair":
        assert raw["attention"]["second"] == ["C", "+", "+", "is", "bad", "."]
        assert (tokens["attention"]["first"], tokens["attention"]["second"]) == (["Bad."], ["C++", "is", "bad."])
        assert (raw["first"], raw["second"]) == ("Bad.", "C++ is bad.")
    else:
        assert raw["text"] == tokens["text"] == "C++ is bad."
        assert raw["labels"] != tokens["labels"]


def test_what_is_predicted_of_raw_text_is_what_evaluation_counts(run, tmp_path):
    rows = [("it 's bad .", "x"), ("isn't bad .", "y"), ("$1 is well-made .", "x"), ("so-so , no ?", "y")] * 4
    path, lines, out = tmp_path / "a.tsv", tmp_path / "lines.txt", tmp_path / "run"
    path.write_text("".join(f"{text}\t{label}\n" for text, label in rows))
    lines.write_text("".join(f"{text}\n" for text, _ in rows))
    elman.train("classify", str(path), valid=str(path), out=out, steps=8, hidden=4, threads=1)
    said = [one["labels"][0]["label"] for one in answers(run, out, lines)]
    accuracy = {one.name: one.value for one in elman.load(out).evaluate(path).scores}["accuracy"]
    assert sum(one == label for one, (_, label) in zip(said, rows, strict=True)) / len(rows) == accuracy


def test_lines_before_one_that_is_no_pair_are_answered(run, tmp_path):
    path, lines = tmp_path / "a.tsv", tmp_path / "lines.txt"
    path.write_text(WHOLE["pair"] * 8)
    elman.train("pair", str(path), out=tmp_path / "run", steps=1, hidden=4, threads=1)
    lines.write_text("bad .\tmovie .\nis .\tbad .\nno tab here\nbad .\tbad .\n")
    result = run("predict", tmp_path / "run", lines, "--json")
    message = "got 0 tabs in 'no tab here', expected one, between the two texts. A file like those of the training is "
    refused(result, f"{lines}:3: {message}read by elman predict RUN FILE --input data.")
    assert [json.loads(line)["first"] for line in result.out.splitlines()] == ["bad .", "is ."]
    lines.write_text("no tab here\n")
    result = run("predict", tmp_path / "run", lines)
    refused(result, f"{lines}:1: {message}read by elman predict RUN FILE --input data.")
    assert result.out == ""


def test_a_language_model_has_no_data_without_answers(run, small_run, text_file):
    result = run("predict", small_run, text_file, "--input", "data")
    refused(result, "--input data: task lm reads lines of text. Leave it out.")


# What fits what


def test_a_model_of_another_task_is_refused_with_those_that_would_do(run, tmp_path):
    (tmp_path / "x.tsv").write_text("good film\tx\nbad film\ty\n")
    result = run("train", "classify", tmp_path / "x.tsv", "--model", "rnn_tagger", "--out", tmp_path / "run", *SMALL)
    refused(
        result,
        "--model: rnn_tagger reads words or frames and predicts tags or label; task classify has words and wants "
        "label. Choose one of: linear, most_frequent, rnn_classifier.",
    )
    assert not (tmp_path / "run").exists()


def test_a_format_that_cannot_hold_the_task_is_refused_with_those_that_can(run, tmp_path):
    (tmp_path / "x.tsv").write_text("a O\n")
    result = run("train", "tag", tmp_path / "x.tsv", "--set", "reader.name=table", "--out", tmp_path / "run", *SMALL)
    refused(
        result,
        "--set reader.name: table cannot hold words, tags, which task tag reads. Choose one of: conll, conllu, jsonl, "
        "offsets, parallel, residues, tokens.",
    )
    assert not (tmp_path / "run").exists()


# Vectors


def test_vectors_are_named_from_the_configuration_file_and_kept_whole(run, tmp_path, monkeypatch):
    home, away = tmp_path / "home", tmp_path / "away"
    for folder in (home, away):
        folder.mkdir()
    (home / "v.txt").write_text("film 1 2 3 4\n")
    (home / "x.tsv").write_text("good film\tx\nbad film\ty\n" * 8)
    (home / "c.toml").write_text(
        '[task]\nname = "classify"\nvectors = "v.txt"\n[data]\ntrain = ["x.tsv"]\n[model]\nembedding_size = 4\n'
    )
    monkeypatch.chdir(away)
    result = run("train", "../home/c.toml", "--out", "run", *SMALL)
    assert result.code == 0, result.err
    kept = Settings.read(away / "run" / "config.toml").get("task.vectors")
    assert kept.startswith("/")
    assert (home / "v.txt").samefile(kept)
    assert "1 of 3 training words (33.3%)" in (away / "run" / "report.html").read_text()


def test_a_model_without_a_table_takes_no_vectors(run, tmp_path):
    pytest.importorskip("sklearn")
    (tmp_path / "v.txt").write_text("film 1 2 3 4\n")
    (tmp_path / "x.tsv").write_text("good film\tx\nbad film\ty\n" * 8)
    options = ["--model", "linear", "--set", f"task.vectors={tmp_path}/v.txt", "--out", tmp_path / "run"]
    refused(
        run("train", "classify", tmp_path / "x.tsv", *options),
        "task.vectors: model linear has no table for vectors. Leave them out.",
    )


def test_refused_vectors_leave_no_folder(run, tmp_path):
    pytest.importorskip("sklearn")
    (tmp_path / "v.txt").write_text("film 1 2 3 4\n")
    (tmp_path / "x.tsv").write_text("good film\tx\nbad film\ty\n" * 8)
    options = ["--model", "linear", "--set", f"task.vectors={tmp_path}/v.txt", "--out", tmp_path / "run"]
    assert run("train", "classify", tmp_path / "x.tsv", *options).code == 2
    assert not (tmp_path / "run").exists()


# Decisions of readers


@pytest.mark.parametrize("label_first", [False, True])
def test_columns_that_were_guessed_are_kept_and_said(run, tmp_path, label_first):
    def rows(*pairs):
        return "".join("\t".join(pair[::-1] if label_first else pair) + "\n" for pair in pairs)

    train, test, out = tmp_path / "train.tsv", tmp_path / "test.tsv", tmp_path / "run"
    texts = [(f"film {i} is fine", "good") if i % 2 else (f"film {i} is dull", "bad") for i in range(20)]
    train.write_text(rows(*texts))
    result = run("train", "classify", train, "--out", out, *SMALL)
    assert result.code == 0, result.err
    columns = {"text": 2, "labels": 1} if label_first else {"text": 1, "labels": 2}
    said = result.err.splitlines()
    text, label = columns.values()
    written = f"{{text={text}, labels={label}}}"
    assert f"columns: {written}, guessed; --set reader.columns='{written}' decides it" in said
    row = "bad | film 0 is dull" if label_first else "film 0 is dull | bad"
    header = f"header: none, the first row is data: {row}; --set reader.header=yes if it names the columns"
    assert said.count(header) == 1
    kept = Settings.read(out / "config.toml")
    assert (kept.get("reader.columns"), kept.get("reader.header")) == (columns, "auto")
    # Here the texts differ less than the labels.
    test.write_text(rows(("film", "good"), ("film", "bad"), ("film", "awful")))
    found = json.loads(run("evaluate", out, test, "--json").out)
    assert found["counts"]["labels unseen in training"] == 1
    assert found["counts"]["texts"] == found["counts"]["words"] == 3
    assert [one["text"] for one in answers(run, out, test, "--input", "data")] == ["film"] * 3


@pytest.mark.parametrize(
    ("labels", "kept", "there", "unseen"),
    [
        (("LOC:city", "HUM:ind"), "drop", ("LOC:x", "HUM"), 0),
        (("LOC:city", "good"), "keep", ("LOC:x", "LOC:city"), 1),
    ],
)
def test_sublabels_are_kept_or_dropped_as_in_training(run, tmp_path, labels, kept, there, unseen):
    train, test, out = tmp_path / "train.txt", tmp_path / "test.txt", tmp_path / "run"
    train.write_text("".join(f"{label} what is this {i} ?\n" for i in range(20) for label in labels))
    result = run("train", "classify", train, "--out", out, "--set", "reader.name=labeled", *SMALL)
    assert result.code == 0, result.err
    said = [line for line in result.err.splitlines() if line.startswith("labels: ") or "reader.sublabels" in line]
    dropped = ["labels: LOC:city is read as LOC, guessed; --set reader.sublabels=keep keeps it"]
    assert said == (dropped if kept == "drop" else [])
    assert Settings.read(out / "config.toml").get("reader.sublabels") == kept
    # Alone, the file with a colon everywhere would drop what is behind it, and the other would keep it.
    test.write_text("".join(f"{label} what ?\n" for label in there))
    assert json.loads(run("evaluate", out, test, "--json").out)["counts"]["labels unseen in training"] == unseen


# Scores that are no numbers


@pytest.mark.parametrize("model", ["pair_features", "independent_pair"])
def test_a_run_whose_scores_are_no_numbers_has_a_report_and_a_strict_log(run, pictures, tmp_path, model):
    pytest.importorskip("sklearn")
    train, same, out = tmp_path / "train.tsv", tmp_path / "same.tsv", tmp_path / "run"
    train.write_text("a\tb\t1\nc\td\t3\na\td\t2\n" * 4)
    same.write_text("a\tb\t2\nc\td\t2\n")
    options = ["--set", "task.target=score", "--set", "reader.header=no", "--model", model, "--valid", same]
    result = run("train", "pair", train, *options, "--out", out, *(SMALL if model == "independent_pair" else []))
    assert result.code == 0, result.err
    [*_, validation] = [event for event in strict(out / "metrics.jsonl") if event["event"] == "validation"]
    assert (validation["score"], validation["value"], validation["best"]) == ("pearson", None, False)
    assert validation["scores"]["spearman"] is None
    assert math.isfinite(validation["scores"]["mean_squared_error"])
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", (out / "report.html").read_text(), flags=re.S).lower()
    described = run("describe", out)
    assert described.code == 0, described.err


def test_what_is_no_number_is_a_dash_in_the_report(run, pictures, tmp_path):
    """A validation with numbers and without: the log of a run is changed so that its first one is the best."""
    pytest.importorskip("sklearn")
    train, same, out = tmp_path / "train.tsv", tmp_path / "same.tsv", tmp_path / "run"
    train.write_text("a\tb\t1\nc\td\t3\na\td\t2\n" * 4)
    same.write_text("a\tb\t2\nc\td\t2\n")
    options = ["--set", "task.target=score", "--set", "reader.header=no", "--model", "pair_features", "--valid", same]
    assert run("train", "pair", train, *options, "--out", out).code == 0
    log = (out / "metrics.jsonl").read_text()
    (out / "metrics.jsonl").write_text(log.replace('"best": false', '"best": true'))
    assert elman.resume(out).finished  # draws the report anew
    page = (out / "report.html").read_text()
    assert '<div class="fact"><b>-</b><span>validation pearson, -1 to 1</span></div>' in page
    assert re.search(r"<b>\d\.\d{4}</b><span>validation squared error</span>", page)
