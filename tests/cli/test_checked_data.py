"""What is told about suspicious data before training and by `elman describe`, and what --strict refuses."""

import json

import pytest

import elman
from elman.errors import DataError
from elman.events import Notice

ALIKE = (
    "labels: 'neg' 24 times, 'Neg' 1 time differ only in case, and each is a class of its own; 'Neg' first in {}:4. "
    "Write them in one way."
)
ONCE = "labels: one training example for 1 of 3 labels: 'Neg'; first in {}:4. Give more, or leave them out."
ROWS = [(f"the film number {i} was quite fine", "pos" if i % 2 else "neg") for i in range(40)]


def written(path, rows):
    path.write_text("".join(f"{text}\t{label}\n" for text, label in (("text", "label"), *rows)))
    return path


@pytest.fixture
def odd(tmp_path):
    """Return a file with a label that is written in two ways."""
    return written(tmp_path / "odd.tsv", [*ROWS[:2], (ROWS[2][0], "Neg"), *ROWS[3:]])


@pytest.fixture
def fine(tmp_path):
    """Return a file with nothing to say of."""
    return written(tmp_path / "fine.tsv", [(f"{i} was another film", "pos" if i % 2 else "neg") for i in range(9)])


def test_findings_are_told_before_training_logged_and_in_the_report(run, tmp_path, odd, fine):
    out = tmp_path / "run"
    result = run("train", "classify", odd, "--valid", fine, "--out", out, "--model", "linear")
    said = result.err.splitlines()
    expected = [ALIKE.format(odd), ONCE.format(odd)]
    assert result.code == 0
    assert [line for line in said if line in expected] == expected
    assert said.index(expected[0]) < next(i for i, line in enumerate(said) if line.startswith("data "))
    first = json.loads((out / "metrics.jsonl").read_text().splitlines()[0])
    assert first["findings"] == expected
    page = (out / "report.html").read_text()
    assert "<h2>What to know about the data</h2><ul><li>labels: &#x27;neg&#x27; 24 times" in page
    assert "strict = false" in (out / "config.toml").read_text()


def test_data_with_nothing_to_say_of_prints_nothing(run, tmp_path, fine):
    good = written(tmp_path / "good.tsv", ROWS)
    result = run("train", "classify", good, "--valid", fine, "--out", tmp_path / "run", "--model", "linear", "--strict")
    assert result.code == 0
    assert not [line for line in result.err.splitlines() if line.startswith(("labels:", "training:", "text"))]
    assert "What to know" not in (tmp_path / "run" / "report.html").read_text()
    assert "what to know" not in run("describe", good, "--valid", fine, "--strict").out


def test_strict_refuses_and_leaves_no_run(run, tmp_path, odd, fine):
    out = tmp_path / "run"
    result = run("train", "classify", odd, "--valid", fine, "--out", out, "--model", "linear", "--strict")
    assert result.code == 2
    lines = [line for line in result.err.splitlines() if line.startswith("error: ")]
    assert lines == [f"error: {ALIKE.format(odd)}", f"error: {ONCE.format(odd)}"]
    assert not out.exists()
    with pytest.raises(DataError, match="'neg' 24 times, 'Neg' 1 time differ only in case"):
        elman.train("classify", odd, fine, out=out, model="linear", strict=True)
    assert not out.exists()


def test_strict_is_a_key_of_recipes(run, tmp_path, odd, fine):
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[task]\nname = "classify"\n[data]\nstrict = true\n[model]\nname = "linear"\n')
    result = run("train", recipe, odd, "--valid", fine, "--out", tmp_path / "run")
    assert result.code == 2
    assert "error: labels: 'neg' 24 times" in result.err


def test_strict_is_decided_at_the_start(run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.toml").write_text("[run]\nformat = 2\n")
    result = run("train", "--resume", tmp_path / "run", "--strict")
    assert result.code == 2
    assert "--strict cannot be given too: a run goes on as it was started" in result.err


def test_going_on_checks_nothing_again(tmp_path, odd, fine):
    out, told = tmp_path / "run", []
    elman.train("classify", odd, fine, out=out, steps=1, threads=1, hidden=4)
    elman.resume(out, steps=2, listener=told.append)
    assert not [one.text for one in told if isinstance(one, Notice) and "differ only" in one.text]


def test_many_findings_are_shortened_with_the_way_to_all(run, tmp_path, fine):
    rows = [(f"text number {i} is here", form) for i, form in enumerate("aAbBcCdDeEfFgGhHiIjJkK" * 2)]
    many = written(tmp_path / "many.tsv", rows)
    result = run("train", "classify", many, "--valid", many, "--out", tmp_path / "run", "--model", "linear")
    told = [line for line in result.err.splitlines() if "differ only in case" in line]
    assert len(told) == 7
    assert f"and 4 more about the data: elman describe {many} --valid {many}" in result.err
    result = run("describe", many, "--strict")
    assert result.code == 2
    assert result.err.splitlines()[-1] == "error: and 2 more about the data: elman describe without --strict"
    assert len(result.err.splitlines()) == 10


def test_of_a_part_that_is_held_out_the_report_has_all(run, tmp_path):
    rows = [(f"text number {i} is here", form) for i, form in enumerate("aAbBcCdDeEfFgGhHiIjJkK" * 4)]
    many, out = written(tmp_path / "many.tsv", rows), tmp_path / "run"
    result = run("train", "classify", many, "--model", "linear", "--out", out)
    (said,) = [line for line in result.err.splitlines() if "more about the data" in line]
    assert said.endswith(f"more about the data: all are in {out / 'report.html'}")
    page = (out / "report.html").read_text()
    assert all(f"&#x27;{letter.upper()}&#x27;" in page for letter in "abcdefghijk")
    result = run("train", "classify", many, "--model", "linear", "--out", tmp_path / "other", "--strict")
    assert result.code == 2
    assert result.err.splitlines()[-1].endswith(
        "more about the data: train without --strict, and all are in the report"
    )


def test_describe_holds_validation_against_training(run, tmp_path, odd, fine):
    result = run("describe", odd, "--valid", fine)
    assert result.code == 0
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert "majority 50.0%, what always the commonest of them reaches" in lines
    assert "also in training 0 of 9 texts (0.0%)" in lines
    assert "words not in training 9 (25.0%), 1 different" in lines
    assert "labels not in training none" in lines
    assert lines[-3:] == ["what to know about the data", ALIKE.format(odd), ONCE.format(odd)]
    result = run("describe", fine, fine, "--valid", odd)
    assert "labels not in training 1 (2.5%), 1 different" in [
        " ".join(line.split()) for line in result.out.splitlines()
    ]
    assert "training: 9 of 18 texts (50.0%) are there before" not in result.out  # of less than five words


@pytest.mark.parametrize(
    ("train", "valid", "share"),
    [
        # 1999 is 2024 to a task, a comma is a token, and case says nothing: 3 of 8
        ("In 1999, it rained {0}.", "in 2024, IT Snowed much {1}.", "38%"),
        ("in 1999 , it rained .", "in 2024 , it was snowing hard .", "38%"),
    ],
)
def test_both_commands_know_the_same_words(run, tmp_path, train, valid, share):
    names = [tmp_path / "train.tsv", tmp_path / "valid.tsv"]
    for path, text in zip(names, (train, valid), strict=True):
        written(path, [(text.format("here", "there"), "pos" if i % 2 else "neg") for i in range(8)])
    said = [
        next(line.strip() for line in text.splitlines() if "unknown to training" in line)
        for text in (
            run("describe", names[0], "--valid", names[1]).out,
            run("train", "classify", names[0], "--valid", names[1], "--model", "linear", "--out", tmp_path / "run").err,
        )
    ]
    assert said[0] == said[1]
    assert said[0].startswith(f"validation: {share} of the words are unknown to training.")


def test_describe_of_running_text(run, tmp_path):
    train, valid = tmp_path / "train.txt", tmp_path / "valid.txt"
    train.write_text("".join(f"It was the best of times number {i}.\n" for i in range(60)))
    valid.write_text(train.read_text()[: 37 * 8] + "And here is a line which nobody knows.\n")
    result = run("describe", train, "--valid", valid)
    assert "  also in training       8 of 9 lines of 30 characters or more" in result.out
    assert (
        f"  validation: 8 of 9 lines of 30 characters or more (88.9%) are in training too, first {valid}:1:"
        in result.out
    )
    result = run("train", "lm", train, "--valid", valid, "--model", "unigram", "--out", tmp_path / "run", "--strict")
    assert result.code == 2
    assert (
        f"error: validation: 8 of 9 lines of 30 characters or more (88.9%) are in training too, first {valid}:1:"
        in result.err
    )


def test_a_text_is_described_in_its_encoding(run, tmp_path):
    (tmp_path / "a.txt").write_bytes("Es war sch\u00f6n, sagte er, und ging.\nNun ja.\n".encode("latin-1"))
    assert "not utf-8" in run("describe", tmp_path / "a.txt").err
    assert "lines" in run("describe", tmp_path / "a.txt", "--set", "reader.encoding=latin-1").out


def test_describe_of_what_is_no_file(run):
    result = run("describe", "lstm", "--strict")
    assert (result.code, result.err) == (
        2,
        "error: elman describe lstm: no such file. --valid and --strict go with data files.\n",
    )


def test_a_table_that_is_read_as_text_is_told_and_refused_and_its_column_is_text(run, tmp_path):
    table, small = written(tmp_path / "a.tsv", ROWS), ["--model", "unigram", "--out", tmp_path / "run"]
    told = f"{table}: looks like table (text, label): its delimiters and all columns are learned as if they were text. "
    assert told in run("train", "lm", table, *small).err
    refused = run("train", "lm", table, *small[:2], "--out", tmp_path / "other", "--strict")
    assert (refused.code, f"error: {told}" in refused.err, (tmp_path / "other").exists()) == (2, True, False)
    column = ["--set", "reader.name=column"]
    result = run("train", "lm", table, *small, *column, "--overwrite", "--strict")
    assert (result.code, "looks like" in result.err) == (0, False)
    characters = sum(len(text) + 1 for text, _ in ROWS)
    shown = run("evaluate", tmp_path / "run", table).out
    assert shown.startswith(f"{characters:,} tokens  0 unknown  40 sentences")


def test_a_folder_is_refused_with_a_glob_that_matches(run, tmp_path):
    for name in ("mail/spam/1.txt", "mail/ham/2.txt", "mail/.hidden", "flat/a.md", "flat/b.md", "flat/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("some text\n")
    (tmp_path / "none").mkdir()
    for folder, named in (("mail", "mail/**/*.txt"), ("flat", "flat/*.md")):
        said = run("train", "lm", tmp_path / folder).err
        assert f"{tmp_path / folder}: a folder, expected a file. Name its files, such as '{tmp_path}/{named}'." in said
    assert f"{tmp_path}/none: a folder, expected a file. It has no files." in run("train", "lm", tmp_path / "none").err
    globbed = run("train", "lm", f"{tmp_path}/mail/**/*.txt", "--model", "unigram", "--out", tmp_path / "run")
    assert globbed.code == 0
