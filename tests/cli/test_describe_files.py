"""What `elman describe` says of data files."""

import json
from pathlib import Path

import pytest

from elman.cli.described_folder import by_ending

PAIRS = "".join(f"{i % 2}\tit is {i} cold\tit is {i} hot\n" for i in range(12))
FILES = {
    "a.csv": (
        "text,label\ngood film,pos\nbad film,neg\n",
        "table: text, labels",
        "2 different: pos 50.0% (1), neg 50.0% (1)",
    ),
    "m.jsonl": (
        '{"text": "red frog", "labels": ["red", "frog"]}\n{"text": "stone", "labels": []}\n',
        "jsonl: text, labels",
        "2 different: red 50.0% (1), frog 50.0% (1); none 50.0% (1)",
    ),
    "b.json": ('[{"text": "a b", "label": "x"}]\n', "jsonl: text, labels", "1 different: x 100.0% (1)"),
    "t.tsv": (
        "token\ttag\nAnna\tB-PER\nis\tO\n\nhere\tO\n",
        "conll: words, tags",
        "2 different: O 66.7% (2), B-PER 33.3% (1)",
    ),
    "l.tsv": (
        "x\tsome text\ny\tother text\nx\tmore text\n",
        "table: text, labels",
        "2 different: x 66.7% (2), y 33.3% (1)",
    ),
    "p.tsv": (PAIRS, "table: first, second, label", "2 different: 0 50.0% (6), 1 50.0% (6)"),
    "q.csv": ("premise,hypothesis,label\na b,c,x\n", "table: first, second, label", "1 different: x 100.0% (1)"),
    "k.csv": (
        "Sentence #,Word,Tag\n1,Anna,B-PER\n,is,O\n",
        "tokens: words, tags",
        "2 different: B-PER 50.0% (1), O 50.0% (1)",
    ),
}


def facts(result):
    assert result.code == 0, result.err
    return dict(line.strip().split("  ", 1) for line in result.out.splitlines()[1:] if "  " in line.strip())


@pytest.mark.parametrize("name", FILES)
def test_the_commonest_files_are_described_as_they_train(run, tmp_path, name):
    text, kind, answers = FILES[name]
    (tmp_path / name).write_text(text)
    found = facts(run("describe", tmp_path / name))
    assert found["format"].strip() == kind
    assert found[kind.rpartition(", ")[2]].strip() == answers


def test_what_was_guessed_is_said(run, tmp_path):
    (tmp_path / "p.tsv").write_text(PAIRS)
    said = run("describe", tmp_path / "p.tsv").out
    assert "  columns: {first=2, second=3, label=1}, guessed; --set reader.columns=" in said


def test_options_of_the_reader_say_how_a_file_is_read(run, tmp_path):
    (tmp_path / "a.csv").write_text("Film 1, so;pos\nFilm 2, no;neg\n")
    assert "pos 50.0% (1), neg" in facts(run("describe", tmp_path / "a.csv"))["labels"]
    assert "Film 1 50.0% (1)" in facts(run("describe", tmp_path / "a.csv", "--set", "reader.delimiter=,"))["labels"]
    (tmp_path / "x.txt").write_text(json.dumps({"corpus": "a b", "stars": 3}) + "\n")
    result = run("describe", tmp_path / "x.txt")
    assert result.code == 2
    assert "no column for text and labels: got the columns corpus, stars" in result.err
    columns = 'reader.columns={text="corpus", labels="stars"}'
    assert facts(run("describe", tmp_path / "x.txt", "--set", columns))["labels"].strip() == "1 different: 3 100.0% (1)"
    result = run("describe", tmp_path / "a.csv", "--set", "training.steps=3")
    assert (result.code, result.err) == (
        2,
        "error: --set training.steps=3: expected an option of the reader, such as reader.delimiter=';'.\n",
    )
    result = run("describe", tmp_path / "a.csv", "--set", "reader.name=text")
    assert (result.code, result.err) == (
        2,
        "error: --set reader.name=text: holds nothing that can be described, or lacks an option.\n",
    )


def test_running_text_stays_running_text(run, tmp_path):
    (tmp_path / "a.txt").write_text("It was the best of times,\nit was the worst of times,\n\nit was the age.\n")
    assert "level" in facts(run("describe", tmp_path / "a.txt"))


def test_labels_words_and_tables_stay_on_their_line(run, tmp_path):
    rows = [{"text": "good", "label": "very\tgood"}, {"text": "bad", "label": "not\ngood\x1b[2J"}] * 9
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    labels = facts(run("describe", path))["labels"].strip()
    assert labels == r"2 different: very\tgood 50.0% (9), not\ngood\x1b[2J 50.0% (9)"
    out = tmp_path / "run"
    result = run("train", "classify", path, "--valid", path, "--model", "most_frequent", "--out", out)
    assert f"label {labels}" in result.err
    for printed in (result.err, run("evaluate", out, path).out, run("predict", out, path).out):
        assert "\x1b" not in printed
        assert "\ngood" not in printed
    (tmp_path / "b.txt").write_text("a\x0cb stops\n" * 9)
    assert facts(run("describe", tmp_path / "b.txt"))["frequent"].strip() == r"a\x0cb stops"


def test_an_empty_file_is_refused_and_what_is_no_text_named(run, tmp_path):
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    assert (
        run("describe", tmp_path / "a.txt").err == f"error: {tmp_path}/a.txt: the file is empty. Give it some text.\n"
    )
    told = f"error: {tmp_path}/a.xlsx: looks like a spreadsheet (xlsx) or another zip file, expected text. Save it as"
    assert run("describe", tmp_path / "a.xlsx").err.startswith(told)


@pytest.mark.parametrize("what", ["", "metrics", "lm", "rnn_tagger", "training", "DATA"])
def test_a_terminal_of_80_columns_gets_lines_that_fit_it(run, tmp_path, monkeypatch, what):
    path = tmp_path / "a.csv"
    rows = "".join(f"a text of six words {i},{'Some Label' if i % 2 else 'some label'} {i % 9}\n" for i in range(90))
    path.write_text(f"text,label\n{rows}")
    monkeypatch.chdir(tmp_path)
    names = {"": [], "DATA": ["a.csv"]}.get(what, [what])
    whole = run("describe", *names).out
    assert max(map(len, whole.splitlines())) > 80
    monkeypatch.setattr("elman.cli.commands.describe.width_of", lambda stream: 80)
    fitted = run("describe", *names).out
    assert max(map(len, fitted.splitlines())) <= 80
    assert fitted.split() == whole.split()


def test_a_folder_is_a_run_or_data_or_its_files_are_named(run, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.md").write_text("x\n")
    result = run("describe", tmp_path / "texts")
    assert result.code == 2
    assert result.err == (
        f"error: {tmp_path}/texts: a folder, but no run (it has no config.toml) and no data with a folder or a file a "
        f"class. Its files are described by name: elman describe {tmp_path}/texts/*.md\n"
    )
    for label in ("pos", "neg"):
        (tmp_path / "classes" / label).mkdir(parents=True)
        (tmp_path / "classes" / label / "1.txt").write_text(f"a {label} film\n")
    assert facts(run("describe", tmp_path / "classes"))["format"].strip() == "folders: text, labels"


def test_rows_without_a_label_are_passed_over_as_in_training(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"film {i},{'xy'[i % 2]}\n" for i in range(20)) + "film 20,\n")
    said = facts(run("describe", path))
    assert said["labels"].strip() == "2 different: x 50.0% (10), y 50.0% (10)"
    assert said["passed over"].strip() == "1 row without a label"
    trained = run("train", "classify", path, "--model", "linear", "--out", tmp_path / "run")
    assert "passed over: 1 row without a label" in trained.err


def test_a_run_and_describe_say_the_same_of_scores(run, tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("s1\ts2\tscore\n" + "".join(f"a w{i}\tb w{i % 3}\t{i / 4}\n" for i in range(20)))
    said = "from 0 to 4.75, mean 2.38, 20 different values"
    assert facts(run("describe", path))["score"].strip() == said
    small = ["--steps", 1, "--hidden", 4, "--threads", 1, "--set", "task.target=score", "--out", tmp_path / "run"]
    assert run("train", "pair", path, "--valid", path, *small).code == 0
    assert facts(run("describe", tmp_path / "run"))["data, score"].strip() == said


@pytest.mark.parametrize("name", ["/nonexistent", "./contex", "contex.txt"])
def test_what_looks_like_a_path_is_a_file_that_is_not_there(run, name):
    assert run("describe", name).err == (
        f"error: elman describe {name}: no file, run or name. Check the name of the file; elman describe alone lists "
        "what else there is.\n"
    )
    assert run("describe", "lstn").err.endswith("Did you mean 'lstm'?\n")


def test_rows_that_are_counted_are_no_scores(run, tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("".join(f"{i},film {i} is so,{'pos' if i % 3 else 'neg'}\n" for i in range(30)))
    said = run("describe", path).err
    assert f"{path}: looks like a label for each text (column 2, column 3): elman train classify {path} --set " in said
    assert "--set 'reader.columns={text=2, labels=3}'" in said


def test_a_folder_of_several_kinds_is_told_by_kind_with_what_each_is_good_for(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mixed").mkdir()
    Path("mixed/a.csv").write_text("text,label\n" + "a good film,pos\na bad film,neg\n" * 9)
    for name in ("b", "c"):
        Path(f"mixed/{name}.txt").write_text("It was the best of times,\nit was the worst of times.\n" * 9)
    Path("mixed/d.conll").write_text("Anna B-PER\nis O\n\nhere O\nshe O\n\n" * 9)
    Path("mixed/e.bin").write_bytes(bytes(range(32)) * 9)
    assert run("describe", "mixed").out.splitlines() == [
        "mixed",
        "  holds   5 files of 4 kinds; a training reads those of one:",
        "  .bin    1 file, not read: mixed/e.bin: not text: 243 of its first 288 bytes are control characters, "
        "expected letters. Is it the right file?",
        "  .conll  1 file, a tag for each word: elman train tag mixed/d.conll",
        "  .csv    1 file, a label for each text: elman train classify mixed/a.csv",
        "  .txt    2 files, running text: elman train lm 'mixed/*.txt'",
    ]


def test_a_folder_of_classes_or_of_pictures_is_of_one_kind(tmp_path):
    (tmp_path / "texts").mkdir()
    for name in ("a.pos", "b.neg"):
        (tmp_path / "texts" / name).write_text("well\n")
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        (tmp_path / "pictures" / f"x_{number}.png").write_bytes(b"")
    (tmp_path / "pictures" / "labels.csv").write_text("x_1.png,a\n")
    assert by_ending(tmp_path / "texts") == by_ending(tmp_path / "pictures") == {}
    (tmp_path / "texts" / "c.csv").write_text("text,label\n")
    assert list(by_ending(tmp_path / "texts")) == [".csv", ".neg", ".pos"]
