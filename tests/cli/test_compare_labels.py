"""elman compare on runs that tag, classify and compare texts."""

import json
import random
import shutil

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

import elman
from elman.comparison.bootstrap import Resamples

WORDS = ["good", "fine", "bad", "poor", "film", "plot"]


def texts(count, seed):
    """Lines of `label<tab>text`: good or bad by the words, and now and then wrong."""
    draw = random.Random(seed)
    for _ in range(count):
        words = [draw.choice(WORDS) for _ in range(5)]
        good = sum(word in WORDS[:2] for word in words) > sum(word in WORDS[2:4] for word in words)
        yield ("yes" if good != (draw.random() < 0.1) else "no"), words


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Files to train on and to compare on, of each task."""
    folder = tmp_path_factory.mktemp("data")
    for name, count, seed in (("train", 200, 1), ("test", 120, 2)):
        rows = list(texts(count, seed))
        lines = [f"{label}\t{' '.join(words)}\n" for label, words in rows]
        (folder / f"{name}.tsv").write_text("label\ttext\n" + "".join(lines))
        tagged = ["".join(f"{word} {'B-ADJ' if word in WORDS[:4] else 'O'}\n" for word in words) for _, words in rows]
        (folder / f"{name}.conll").write_text("\n".join(tagged))
        graded = [f"{' '.join(words[:2])}\t{' '.join(words[2:])}\t{len(set(words))}\n" for _, words in rows]
        (folder / f"{name}.pairs").write_text("".join(graded))
    return folder


@pytest.fixture(scope="module")
def runs(data, tmp_path_factory):
    """Runs by name: a good one and a poor one of each task."""
    folder = tmp_path_factory.mktemp("runs")

    def train(name, task, file, model, steps=None, settings=None):
        length = {"steps": steps, "hidden": 8} if steps else {}
        files = {"train": str(data / f"train.{file}"), "valid": str(data / f"train.{file}")}
        elman.train(task, **files, out=folder / name, model=model, settings=settings, threads=1, **length)

    rate = {"training.learning_rate": 0.02}
    pairs = {"task.target": "score"}
    train("linear", "classify", "tsv", "linear")
    train("poor", "classify", "tsv", "rnn_classifier", 1)
    train("tagger", "tag", "conll", "rnn_tagger", 25, rate)
    train("poor_tagger", "tag", "conll", "window_tagger", 1)
    train("each_tag", "tag", "conll", "window_tagger", 1, {"task.scheme": "none"})
    train("features", "pair", "pairs", "pair_features", None, pairs)
    train("poor_pairs", "pair", "pairs", "independent_pair", 3, pairs)
    return folder


def compared(run, *names, on):
    """Return what `elman compare --json` says."""
    result = run("compare", *names, "--on", on, "--json")
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_the_simple_model_wins_and_the_table_says_so(run, runs, data, tmp_path):
    page = tmp_path / "page.html"
    command = ("compare", runs / "poor", runs / "linear", "--on", data / "test.tsv", "--html", page)
    lines = run(*command).out.splitlines()
    assert lines[0] == f"{data / 'test.tsv'}: 120 texts, 600 words"
    assert lines[2].split("  ")[0] == "run"
    for heading in ("accuracy", "95 %", "p (best)", "macro F1", "unknown", "tokens/s"):
        assert heading in lines[2]
    assert lines[3].startswith(str(runs / "linear"))
    assert " best " in lines[3]
    assert "<0.001" in lines[4]
    assert "stretches of texts" in lines[-3]
    assert "accuracy, % (higher is better)" in page.read_text(encoding="utf-8")


def test_intervals_are_those_of_texts_drawn_anew(run, runs, data):
    found = compared(run, runs / "linear", runs / "poor", on=data / "test.tsv")
    assert found["counts"] == {"texts": 120, "words": 600}
    assert [score["name"] for score in found["scores"]] == ["accuracy", "macro_f1"]
    assert all(f"elman:{elman.__version__}" in score["signature"] for score in found["scores"])
    gold = [label for label, _ in texts(120, 2)]
    values = {}
    times = Resamples(120).sums(np.eye(120)).astype(int)  # how often each text is in each of the resampled data
    for row in found["rows"]:
        model = elman.load(row["run"])
        given = [model.predict(" ".join(words))[0][0] for _, words in texts(120, 2)]
        assert row["scores"]["accuracy"]["value"] == pytest.approx(accuracy_score(gold, given))
        macro = f1_score(gold, given, average="macro", zero_division=0)
        assert row["scores"]["macro_f1"]["value"] == pytest.approx(macro)
        drawn = [np.repeat(np.arange(120), one) for one in times]
        macros = [
            f1_score(np.array(gold)[d], np.array(given)[d], average="macro", zero_division=0) for d in drawn[:200]
        ]
        ends = row["scores"]["macro_f1"]["interval"]
        assert 0.9 < np.mean([ends[0] <= one <= ends[1] for one in macros]) <= 1
        values[row["run"]] = np.array([accuracy_score(np.array(gold)[d], np.array(given)[d]) for d in drawn])
        low, high = np.quantile(values[row["run"]], [0.025, 0.975])
        assert row["scores"]["accuracy"]["interval"] == [pytest.approx(low), pytest.approx(high)]
    differences = values[str(runs / "poor")] - values[str(runs / "linear")]
    assert found["rows"][0]["p_value"] is None
    assert found["rows"][1]["p_value"] == pytest.approx(2 * ((differences >= 0).sum() + 1) / 2001)


def test_taggers_by_spans(run, runs, data):
    found = compared(run, runs / "poor_tagger", runs / "tagger", on=data / "test.conll")
    assert found["counts"] == {"sentences": 120, "words": 600}
    assert [score["name"] for score in found["scores"]] == ["span_f1", "span_precision", "span_recall", "accuracy"]
    best = found["rows"][0]
    assert best["run"] == str(runs / "tagger")
    evaluated = json.loads(run("evaluate", runs / "tagger", data / "test.conll", "--json").out)["scores"]
    assert {score["name"]: score["value"] for score in evaluated} == {
        name: pytest.approx(one["value"]) for name, one in best["scores"].items()
    }
    low, high = best["scores"]["span_f1"]["interval"]
    assert low <= best["scores"]["span_f1"]["value"] <= high


def test_grades_by_correlation(run, runs, data):
    found = compared(run, runs / "features", runs / "poor_pairs", on=data / "test.pairs")
    assert [score["name"] for score in found["scores"]] == ["pearson", "spearman", "mean_squared_error"]
    scores = found["rows"][0]["scores"]
    assert scores["pearson"]["interval"][0] < scores["pearson"]["value"] < scores["pearson"]["interval"][1]
    assert scores["spearman"]["interval"] is None  # ranks do not add
    assert scores["mean_squared_error"]["interval"] is not None


def test_scores_that_not_every_run_has_are_left_out(run, runs, data):
    shown = run("compare", runs / "tagger", runs / "each_tag", "--on", data / "test.conll").out
    assert shown.splitlines()[2].split()[2] == "accuracy"
    assert "Left out, because not every run has it, or not in the same sense: span F1, precision, recall." in shown


def test_runs_that_cannot_be_compared(run, runs, data, tmp_path):
    result = run("compare", runs / "linear", runs / "tagger", "--on", data / "test.tsv")
    assert result.code == 2
    assert f"{runs / 'tagger'}: a run of task 'tag', expected 'classify' as of {runs / 'linear'}" in result.err

    (tmp_path / "text.txt").write_text("a b c d a b c\n" * 40)
    elman.train("embed", str(tmp_path / "text.txt"), out=tmp_path / "embed", epochs=1, threads=1)
    result = run("compare", tmp_path / "embed", "--on", tmp_path / "text.txt")
    assert result.code == 2
    assert "the scores of task 'embed' are not of pieces that can be drawn anew" in result.err


def train(out, data, **settings):
    files = {"train": str(data / "train.tsv"), "valid": str(data / "train.tsv")}
    elman.train("classify", **files, out=out, model="linear", settings=settings, threads=1)


def test_runs_that_read_a_file_differently(run, runs, data, tmp_path):
    out = tmp_path / "no_header"
    train(out, data, **{"reader.header": "no", "reader.columns": {"labels": 1, "text": 2}})
    result = run("compare", runs / "linear", out, "--on", data / "test.tsv")
    assert result.code == 2
    assert f"{out}: finds 121 texts, but {runs / 'linear'} 120. Compare runs that read the files" in result.err


def test_runs_that_were_asked_something_else(run, runs, data, tmp_path):
    out = tmp_path / "swapped"
    for name in ("train", "test"):
        rows = [line.split("\t") for line in (data / f"{name}.tsv").read_text().splitlines()[1:]]
        lines = [f"{label}\t{text}\t{text.split()[0]}\n" for label, text in rows]
        (tmp_path / f"{name}.tsv").write_text("label\ttext\tfirst\n" + "".join(lines))
    train(out, tmp_path, **{"reader.columns": {"labels": "first", "text": "text"}})
    result = run("compare", runs / "linear", out, "--on", tmp_path / "test.tsv")
    assert result.code == 2
    assert f"{out}: the right answer to number 1 of the texts is " in result.err


def test_a_few_texts_tell_nothing(run, runs, data, tmp_path):
    few = tmp_path / "few.tsv"
    few.write_text("".join((data / "test.tsv").read_text().splitlines(keepends=True)[:20]))
    shown = run("compare", runs / "linear", runs / "poor", "--on", few).out
    assert "19 texts" in shown
    assert "-: nothing says how sure it is: fewer than 20 texts are too few." in shown
    assert "paired bootstrap" not in shown


def test_a_score_that_is_no_number_is_not_the_best(run, runs, data, tmp_path):
    page, constant = tmp_path / "page.html", tmp_path / "constant.pairs"
    lines = [line.rpartition("\t")[0] for line in (data / "test.pairs").read_text().splitlines()]
    constant.write_text("".join(f"{line}\t3\n" for line in lines))
    result = run("compare", runs / "features", runs / "poor_pairs", "--on", constant, "--html", page)
    assert result.code == 0, result.err
    assert "best" not in result.out.replace("p (best)", "")
    assert "nan" not in result.out
    assert "-: not defined on this data, such as a correlation where all values are the same." in result.out
    assert "no number" in page.read_text(encoding="utf-8")


def test_a_terminal_of_80_columns_gets_tables_that_fit_it(run, runs, data, monkeypatch):
    for shows in ("commands.compare", "evaluated"):
        monkeypatch.setattr(f"elman.cli.{shows}.width_of", lambda stream: 80)
    monkeypatch.chdir(runs)
    shutil.copy(data / "test.tsv", runs)
    shown = run("compare", "linear", "poor", "--on", "test.tsv").out
    assert max(map(len, shown.splitlines())) <= 80
    assert {"tokens/s", "accuracy", "p", "(paired"} <= {*shown.split()}
    assert max(map(len, run("evaluate", "poor", "test.tsv").out.splitlines())) <= 80


def test_what_was_passed_over_is_said(run, runs, data, tmp_path):
    file = tmp_path / "test.tsv"
    file.write_text((data / "test.tsv").read_text() + "\tgood film\nsuperb\tfine plot\n")
    shown = run("compare", runs / "linear", runs / "poor", "--on", file).out
    assert "121 texts" in shown
    assert "In the data: 1 label unseen in training, " in shown
    assert "of the label most frequent in training, 1 row without a label." in shown


def test_a_file_that_a_run_cannot_read_names_the_run(run, runs, tmp_path):
    other = tmp_path / "other.tsv"
    other.write_text("id\tname\n1\tgood film\n2\tbad film\n")
    result = run("compare", runs / "linear", runs / "poor", "--on", other)
    assert result.code == 2
    assert result.err.startswith(f"error: {runs / 'linear'}: {other}:1: ")


def test_rare_spans_have_an_interval_too(run, runs, data, tmp_path):
    rare = tmp_path / "rare.conll"
    sentences = ["film O\nplot O\n"] * 38 + ["good B-ADJ\nfilm O\n"] * 2
    rare.write_text("\n".join(sentences))
    [row] = compared(run, runs / "tagger", on=rare)["rows"]
    assert row["scores"]["span_f1"]["interval"] is not None


def test_several_labels(run, data, tmp_path):
    train(tmp_path / "several", data, **{"task.multi_label": True})
    found = compared(run, tmp_path / "several", on=data / "test.tsv")
    assert [score["name"] for score in found["scores"]] == ["micro_f1", "macro_f1", "exact_match"]
    assert all(one["interval"] is not None for one in found["rows"][0]["scores"].values())


def test_slots_and_intents(run, data, tmp_path):
    rows = list(texts(60, 3))
    (tmp_path / "words").write_text("".join(" ".join(words) + "\n" for _, words in rows))
    tags = (["B-ADJ" if word in WORDS[:4] else "O" for word in words] for _, words in rows)
    (tmp_path / "tags").write_text("".join(" ".join(one) + "\n" for one in tags))
    (tmp_path / "labels").write_text("".join(f"{label}\n" for label, _ in rows))
    name = ",".join(str(tmp_path / part) for part in ("words", "tags", "labels"))
    elman.train("tag", name, valid=name, out=tmp_path / "joint", steps=2, hidden=4, threads=1)
    found = compared(run, tmp_path / "joint", on=name)
    assert [score["name"] for score in found["scores"]][-2:] == ["accuracy", "label_accuracy"]
    assert found["rows"][0]["scores"]["label_accuracy"]["interval"] is not None


def test_runs_without_a_score_in_common(run, runs, data, tmp_path):
    train(tmp_path / "several", data, **{"task.multi_label": True})
    result = run("compare", tmp_path / "several", runs / "linear", "--on", data / "test.tsv")
    assert result.code == 2
    assert "the runs have no score in common" in result.err


def test_what_a_run_has_learned_from_is_told_where_it_is_scored_on_that(run, tmp_path):
    for name, labels in (("a", "xy"), ("b", "yx")):
        rows = [f"word{number % 5} thing{number % 3}\t{labels[number % 2]}" for number in range(40)]
        (tmp_path / f"{name}.tsv").write_text("\n".join(["text\tlabel", *rows]) + "\n")
    train, valid, out = tmp_path / "a.tsv", tmp_path / "b.tsv", tmp_path / "run"
    assert run("train", "classify", train, "--valid", valid, "--model", "linear", "--out", out).code == 0
    for file, done in ((train, "trained"), (valid, "validated")):
        said = f"{out} was {done} on {file.name}: its scores there say nothing about other data."
        assert f"note: {said}" in run("evaluate", out, file).err
        assert said in " ".join(run("compare", out, out, "--on", file).out.split())
    other = tmp_path / "c.tsv"
    other.write_text(train.read_text() + "more\tx\n")
    assert "on c.tsv" not in run("evaluate", out, other).err


def test_k_and_a_threshold_are_two_answers_to_one_question(run, tmp_path):
    result = run("predict", tmp_path, "--k", "2", "--threshold", "0.3")
    assert result.code == 2
    assert "--k and --threshold: each says which labels are shown. Give one of them." in result.err
