"""What training returns, in a program and in a notebook; and how it is gone on with when its files moved."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from rich.console import Console

import elman
from elman.cli.main import main
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.metrics.base import Score
from elman.pages.progress import watched
from elman.pages.trained_run import TrainedRun


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Texts with labels, one of which looks like HTML."""
    path, draw = tmp_path_factory.mktemp("reviews") / "reviews.tsv", random.Random(1)
    words = {"good": ["fine", "nice"], "<b>bad</b>": ["poor", "awful"]}
    labels = [draw.choice(sorted(words)) for _ in range(120)]
    path.write_text("".join(f"{one}\t{' '.join(draw.choices([*words[one], 'the'], k=4))}\n" for one in labels))
    return path


@pytest.fixture(scope="module")
def run(reviews, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "a<b>"
    settings = {"training.patience": 0}
    return elman.train("classify", reviews, out=out, hidden=8, steps=20, settings=settings, listener=elman.silent)


def test_it_says_what_it_reached(run):
    assert repr(run).startswith(f"<elman run {str(run.path)!r}: finished, validation accuracy ")
    assert "\n" not in repr(run)
    assert run.best.name == "accuracy"
    assert run.best.unit == "of texts"
    assert run.best.signature.startswith("labels:one|elman:")
    assert not run.best.lower_is_better
    assert f"{run.best.value:.2%}" in repr(run)


def test_the_history_is_rows(run):
    steps = [row["step"] for row in run.history if row["event"] == "train"]
    assert steps == sorted(steps)
    assert steps[-1] == 20
    validations = [row for row in run.history if row["event"] == "validation"]
    assert [row["accuracy"] for row in validations] == [row["value"] for row in validations]
    assert all("macro_f1" in row for row in validations)
    assert {row["event"] for row in run.history} == {"train", "validation"}


def test_a_plot_is_a_figure_with_the_curves_of_the_report(run):
    figure = run.plot()
    assert isinstance(figure, Figure)
    assert [axes.get_title() for axes in figure.axes] == ["Loss", "Validation: accuracy"]
    shown = [[line.get_label() for line in axes.lines] for axes in figure.axes]
    assert shown == [["training"], ["validation", "most_frequent", "linear"]]
    assert list(figure.axes[1].lines[0].get_xdata()) == [
        row["step"] for row in run.history if row["event"] == "validation"
    ]
    assert figure._repr_svg_().startswith("<svg")


def test_matplotlib_waits_until_something_is_drawn():
    code = "import sys, elman; from elman.pages.trained_run import TrainedRun; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_in_a_notebook_everything_is_escaped(run, reviews):
    shown = run._repr_html_()
    assert "a&lt;b&gt;" in shown
    assert "a<b>" not in shown
    assert shown.count("<svg") == 2
    model = elman.load(run)
    assert "a&lt;b&gt;" in model._repr_html_()
    assert "a<b>" not in model._repr_html_()
    evaluation = model.evaluate(reviews)
    shown = evaluation._repr_html_()
    assert "&lt;b&gt;bad&lt;/b&gt;" in shown
    assert "<b>bad</b>" not in shown
    for score in evaluation.scores:
        assert f"{score.value:,.4f}" in shown
        assert score.signature in shown
    assert "<h4>By label</h4>" in shown
    assert evaluation.details[0]._repr_html_() in shown


def test_an_evaluation_is_printed_as_the_command_does(run, reviews, capsys):
    evaluation = elman.load(run).evaluate(reviews)
    assert main(["evaluate", str(run.path), str(reviews)]) == 0
    assert capsys.readouterr().out == f"{evaluation}\n"
    assert repr(evaluation).startswith("<evaluation of 120 texts: accuracy ")
    assert repr(evaluation.by_piece) == "<120 texts: accuracy, macro_f1>"
    by_label = "<table 'By label': 2 rows of label, precision, recall, F1, in the file, predicted, correct>"
    assert repr(evaluation.details[0]) == by_label


def test_notes_and_missing_values_are_told_in_both():
    found = Evaluation(
        [Score("pearson", float("nan"), "-1 to 1", "s", False)], {"pairs": 2}, "", [Detail("T", ["a"], [])]
    )
    assert "\n  pearson                        -  -1 to 1\n\nnote: -: nothing to score" in str(found)
    assert "<td>-</td>" in found._repr_html_()
    assert "<p>note: -: nothing to score" in found._repr_html_()


def test_a_training_that_was_stopped_says_so(run):
    assert repr(TrainedRun(run.path, False)).startswith(f"<elman run {str(run.path)!r}: stopped, elman.resume goes on")
    assert "stopped before anything was saved" in repr(TrainedRun(run.path, False, 2, saved=False))


def test_what_was_fitted_at_once_has_no_curve(text_file, tmp_path):
    run = elman.train("lm", text_file, out=tmp_path / "run", model="ngram", level="word", listener=elman.silent)
    assert run.plot().axes == []
    assert run.best.name == "perplexity" or run.best.name == "cross_entropy"
    assert "<svg" not in run._repr_html_()


def test_training_is_shown_where_nobody_listens(reviews, tmp_path, capsys):
    run = elman.train("classify", reviews, out=tmp_path / "run", hidden=8, steps=5, threads=1)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "plan    5 updates of" in shown.err
    assert "finished at step 5 after" in shown.err
    again = elman.resume(run, steps=6)
    assert "going on from step 5" in capsys.readouterr().err
    elman.resume(again, steps=7, listener=elman.silent)
    assert capsys.readouterr() == ("", "")


def test_a_notebook_shows_plain_lines(monkeypatch, capsys):
    monkeypatch.setattr(Console, "is_jupyter", True, raising=False)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    with watched(None) as listener:
        listener(elman.events.Notice("a line"))
    assert capsys.readouterr() == ("a line\n", "")


def test_files_that_moved_are_taken_where_they_are_the_same(reviews, tmp_path, capsys):
    old, new = tmp_path / "old.tsv", tmp_path / "new.tsv"
    old.write_bytes(reviews.read_bytes())
    out = tmp_path / "run"
    elman.train("classify", old, out=out, hidden=8, steps=3, threads=1, listener=elman.silent)
    old.rename(new)
    assert main(["train", "--resume", str(out), "--steps", "5"]) == 2
    said = capsys.readouterr().err
    assert f"error: {old}: no such file. If it moved, name it anew: elman train --resume {out} --train FILE." in said
    assert "It is taken if its content is the same." in said
    other = tmp_path / "other.tsv"
    other.write_text(reviews.read_text() + "good\tfine\n")
    assert main(["train", "--resume", str(out), "--steps", "5", "--train", str(other)]) == 2
    assert f"error: {other}: not the data that {out} was started with." in capsys.readouterr().err
    assert main(["train", "--resume", str(out), "--steps", "5", "--train", str(new)]) == 0
    assert f'"{new}"' in Path(out / "config.toml").read_text()
    assert elman.resume(out, steps=6, listener=elman.silent).finished  # it knows where they are now
    assert elman.resume(out, steps=7, listener=elman.silent, train=new).finished
