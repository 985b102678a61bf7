"""Where a model looked: as text, links, JSON, pictures and pages."""

import json

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.evaluation.looked import links, looked
from elman.pages.details import picture
from tests.tasks.test_seq2seq import files, run, train  # noqa: F401


def test_links_leave_out_both_ends():
    weights = np.array([[0.1, 0.7, 0.2], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7], [0.0, 0.0, 1.0]])
    assert links(weights, True) == [(1, 0), (0, 1)]
    assert links(weights[:2], False, 3) == [(1, 3), (0, 4)]


def test_E7_a_model_that_turns_words_round_looks_from_the_end(run, capsys):  # noqa: F811
    assert main(["inspect", str(run), "alignment", "abcd", "éa", "--format", "pharaoh"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "3-0 2-1 1-2 0-3"
    assert second == "1-0 0-1"


def test_what_is_typed_with_a_target_is_read_with_it(run, capsys):  # noqa: F811
    given, free = "abc\tcba", "abc"
    assert main(["inspect", str(run), "alignment", given, free, "--format", "json"]) == 0
    forced, written = map(json.loads, capsys.readouterr().out.splitlines())
    assert forced["text"] == written["text"] == "cba"
    assert forced["links"] == written["links"] == [[2, 0], [1, 1], [0, 2]]
    np.testing.assert_allclose(forced["weights"], written["weights"], atol=2e-4)
    assert forced["tokens"] == {"source": ["a", "b", "c", "</s>"], "target": ["c", "b", "a", "</s>"]}
    assert main(["inspect", str(run), "alignment", "abc\tddd", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "ddd"


def test_the_terminal_shows_where_each_token_looked(run, tmp_path, capsys):  # noqa: F811
    (tmp_path / "in.txt").write_text("ab\n")
    assert main(["inspect", str(run), "alignment", "--file", str(tmp_path / "in.txt")]) == 0
    head, first, second, _ = capsys.readouterr().out.splitlines()
    assert head.split("  ") == ["target", "looked at, with its share"]
    assert first.split()[:2] == ["b", "b"]
    assert second.split()[:2] == ["a", "a"]


def test_D12_E7_pictures_and_pages_have_every_token(run, tmp_path):  # noqa: F811
    assert main(["inspect", str(run), "alignment", "abc", "--out", str(tmp_path / "seen.svg")]) == 0
    svg = (tmp_path / "seen.svg").read_text()
    assert svg.startswith("<svg")
    assert all(f">{token}<" in svg for token in ("a", "b", "c", "source", "written"))
    assert main(["inspect", str(run), "alignment", "abc", "dé", "--out", str(tmp_path / "seen.html")]) == 0
    page = (tmp_path / "seen.html").read_text()
    assert page.count("<svg") == 2
    assert "abc → cba" in page


def test_the_report_shows_four(run):  # noqa: F811
    page = (run / "report.html").read_text()
    assert page.count("Where it looked: ") == 4


def test_a_beam_with_a_prefix_has_rows_for_what_it_searched(run, capsys):  # noqa: F811
    how = ["--set", "task.prefix=cb", "--set", "task.beam=3", "--format", "json"]
    assert main(["inspect", str(run), "alignment", "abc", *how]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["text"].startswith("cb")
    assert len(found["tokens"]["target"]) == len(found["weights"])
    assert all(place >= 2 for _, place in found["links"])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["alignment"], "elman inspect: no input. Give one behind the view, in quotes, or --file FILE."),
        (["alignments", "a"], "unknown view 'alignments'. Did you mean 'alignment'?"),
        (
            ["alignment", "a", "--format", "giza"],
            "--format: got 'giza'. Choose one of: html, json, pharaoh, png, svg, text.",
        ),
        (["alignment", "a", "--format", "svg"], "--format svg: is for a file. Name it: --out seen.svg."),
        (
            ["alignment", "a", "b", "--out", "S.svg"],
            "--out: an SVG shows one input: got 2. Write a page: --out seen.html",
        ),
        (
            ["alignment", "a", "--out", "a.gif"],
            "--out: a.gif: there is no format .gif. End it with .svg, .png, .html, .json",
        ),
        (["alignment", "a", "--out", "/nowhere/x.txt"], "--out: /nowhere/x.txt: cannot be written: No such file"),
    ],
)
def test_what_cannot_be_shown_is_refused(run, capsys, given, message):  # noqa: F811
    assert main(["inspect", str(run), *given]) == 2
    assert message in capsys.readouterr().err


def test_runs_that_look_nowhere_or_do_not_write_are_refused(files, tmp_path, capsys):  # noqa: F811
    blind = train(files, tmp_path / "blind", steps=1, settings={"model.decoder": "initial"}).path
    assert main(["inspect", str(blind), "alignment", "a"]) == 2
    assert "initial decoder looks at no place of the source." in capsys.readouterr().err
    elman.train("lm", f"{files}/train.x", out=tmp_path / "lm", model="unigram", listener=elman.silent)
    assert main(["inspect", str(tmp_path / "lm"), "alignment", "a"]) == 2
    assert "task 'lm' has no targets; a run of task 'caption' or 'seq2seq' has." in capsys.readouterr().err


def test_blanks_can_be_seen():
    found = looked(["a", " b", "</s>"], [" ", "</s>"], np.full((2, 3), 1 / 3), "a → b")
    assert list(found.columns) == ["", "a", "␣b", "</s>"]
    assert found.rows[0][0] == "␣"


def test_pictures_of_long_words_and_of_markup_are_whole():
    source = ["<b>", "&", "a" * 40, "</s>"]
    weights = np.full((2, 4), 0.25)
    drawn = picture(
        {"kind": "looked", "columns": ["", *source], "rows": looked(source, ["x", "</s>"], weights, "").rows}
    )
    assert "&lt;b&gt;" in drawn
    assert "&amp;" in drawn
    assert "a" * 40 in drawn
    assert picture({"kind": "looked", "columns": [""], "rows": []}) == "<p>Nothing was written.</p>"
    assert picture({"kind": "table", "columns": ["a"], "rows": []}) is None
