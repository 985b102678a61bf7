"""The perplexity table: one text for all rows, rows that are trained stay, other vocabularies are refused."""

import re
import sys
from pathlib import Path

import pytest

import elman
from elman.comparison.rows import compare
from elman.errors import ConfigError, DataError
from tests.conftest import sentences

ROOT = Path(__file__).parent.parent.parent
MODEL = '[task]\nname = "lm"\nlevel = "word"\nlines = false\n[model]\nname = "ngram"\norder = {}\n'


@pytest.fixture(scope="module")
def table():
    """The script as a module."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import perplexity_table

    sys.path.pop(0)
    return perplexity_table


@pytest.fixture(scope="module")
def novels(tmp_path_factory, table):
    """Small novels, an author each, under the titles that are held out, and one that is not."""
    folder = tmp_path_factory.mktemp("novels")
    for seed, title in enumerate(["Emma", *sorted(table.VALID | table.TEST)]):
        (folder / f"author{seed}").mkdir()
        text = f"# {title}\n\n" + sentences(400 if title == "Emma" else 60, seed)
        (folder / f"author{seed}" / f"{title}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory, table, novels):
    """The folder of a table of two rows."""
    out, configs = tmp_path_factory.mktemp("table"), tmp_path_factory.mktemp("configs")
    for name, order in (("kn5", 3), ("lstm_small", 1)):
        (configs / f"{name}.toml").write_text(MODEL.format(order), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "CONFIGS", configs)
        table.main(["--novels", str(novels), "--out", str(out), "--rows", "lstm_small", "--threads", "1"])
        before = [path.stat().st_mtime_ns for path in sorted(out.glob("*/*/model.safetensors"))]
        table.main(["--out", str(out), "--rows", "lstm_small", "--threads", "1"])
        assert [path.stat().st_mtime_ns for path in sorted(out.glob("*/*/model.safetensors"))] == before
        assert len(before) == 2
    return out


def test_the_rows_are_what_elman_compare_says(made):
    lines = [line for line in (made / "table.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(lines) == 4
    found = compare([elman.load(made / "runs" / name) for name in ("kn5", "lstm_small")], [str(made / "test.txt")])
    for row, line in zip(sorted(found.rows, key=lambda row: row.run), lines[2:], strict=True):
        score = row.scores["perplexity"]
        assert f"| {score.value:.1f} | {score.interval[0]:.1f} to {score.interval[1]:.1f} |" in line
    ratio = found.rows[1].scores["perplexity"].value / found.rows[0].scores["perplexity"].value
    assert re.search(rf"\| {ratio:.2f} \| < \.001 \|", lines[3])


def test_F9_pairs_against_the_published_order_are_named(made):
    text = (made / "table.md").read_text(encoding="utf-8")
    assert "Of 1 pairs 0 stand in the published order, 1 in the other." in text
    assert "In the other (published; p here): kn5 > lstm_small (< .001)." in text


def test_another_vocabulary_is_refused(made, table, tmp_path):
    other = tmp_path / "other"
    elman.train("lm", train=str(made / "valid.txt"), model="ngram", level="word", out=str(other))
    with pytest.raises(ConfigError, match=r"other: has another vocabulary than .*kn5: perplexities over different"):
        table.check_vocabularies([elman.load(made / "runs/kn5"), elman.load(other)])


def test_a_novel_that_is_measured_on_must_be_there(table, tmp_path):
    with pytest.raises(DataError, match=r"has no AUTHOR/Bartleby, the Scrivener\.md, which is measured on"):
        table.cut(tmp_path, tmp_path)


def test_every_row_has_a_recipe_that_says_how_it_is_called(table):
    assert {path.stem for path in table.CONFIGS.glob("*.toml")} == set(table.ROWS)
    for path in table.CONFIGS.glob("*.toml"):
        assert f"#   elman train configs/lm/novels/{path.name} --train " in path.read_text(encoding="utf-8")
