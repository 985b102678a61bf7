"""Files that are not read as the training files were, because the user says how."""

import json

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError, DataError

ROWS = [("good film", "pos"), ("bad film", "neg"), ("a good day", "pos"), ("a bad day", "neg")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("otherwise")
    table = "".join(f"{text},{label}\n" for text, label in ROWS)
    (path / "train.csv").write_text(f"text,label\n{table}", "utf-8")
    other = "".join(f"{n}|{text}|{label}\n" for n, (text, label) in enumerate(ROWS))
    (path / "other.txt").write_text(f"nr|body|mark\n{other}", "utf-16-le")
    lines = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in ROWS)
    (path / "other.jsonl").write_text(lines, "utf-8")
    elman.train("classify", str(path / "train.csv"), valid=str(path / "train.csv"), model="linear", out=path / "run")
    return path


OTHERWISE = {"delimiter": "|", "encoding": "utf-16-le", "columns": {"text": "body", "label": "mark"}}
SAID = [f"--set=reader.{key}={value}" for key, value in OTHERWISE.items() if key != "columns"]
SAID += ["--set=reader.columns={text='body', label='mark'}"]


def value(evaluation):
    return next(score.value for score in evaluation.scores if score.name == "accuracy")


def test_options_of_the_reader_replace_those_of_the_training(folder):
    model = elman.load(folder / "run", reader=OTHERWISE)
    assert value(model.evaluate(folder / "other.txt")) == 1.0
    assert [example.fields["text"] for example in model.read(folder / "other.txt")] == [text for text, _ in ROWS]
    assert value(elman.load(folder / "run").evaluate(folder / "train.csv")) == 1.0


def test_another_format_begins_with_its_own_defaults(folder):
    model = elman.load(folder / "run", reader={"name": "jsonl"})
    assert value(model.evaluate(folder / "other.jsonl")) == 1.0
    assert model.reader.remarks == []


def test_the_format_that_is_named_is_not_guessed_again(folder):
    model = elman.load(folder / "run", reader={"delimiter": ","})
    with pytest.raises(DataError, match=r"other\.jsonl:1: no label of this file was learned in training"):
        model.evaluate(folder / "other.jsonl")


def test_commands_take_them_too(folder, capsys):
    run, file = str(folder / "run"), str(folder / "other.txt")
    assert main(["evaluate", run, file, "--json", *SAID]) == 0
    assert json.loads(capsys.readouterr().out)["scores"][0]["value"] == 1.0
    assert main(["predict", run, file, "--k", "1", *SAID]) == 0
    assert [line.split("\t")[-1] for line in capsys.readouterr().out.splitlines()] == [text for text, _ in ROWS]
    assert main(["compare", run, run, "--on", file, "--json", *SAID]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["scores"]["accuracy"]["value"] == 1.0


def test_a_task_says_which_options_can_differ(folder, capsys):
    assert main(["predict", str(folder / "run"), "F", "--set", "task.words=characters"]) == 2
    assert capsys.readouterr().err == "error: task.words: was decided when it was trained.\n"


@pytest.mark.parametrize("command", [["evaluate", "F"], ["predict", "F"], ["score", "F"], ["compare", "RUN", "--on=F"]])
def test_what_was_trained_cannot_be_set(folder, capsys, command):
    name, *rest = command
    run = str(folder / "run")
    given = [word.replace("RUN", run) for word in rest]
    assert main([name, run, *given, "--set", "model.cell=gru"]) == 2
    assert capsys.readouterr().err == (
        "error: --set: got [model], expected reader.KEY=VALUE or task.KEY=VALUE: how files are read and how a run "
        "answers can differ from the training, what was trained cannot.\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"delimitr": ";"}, r"\[reader\] unknown key 'delimitr'. Did you mean 'delimiter'\?"),
        ({"encoding": "klingon"}, "reader.encoding: unknown encoding: klingon"),
        ({"name": "conll"}, "reader.name: conll cannot hold text, labels, which task classify reads. Choose one of: "),
        ({"name": "tabel"}, "reader.name: unknown .*'tabel'. Did you mean 'table'"),
        ("table", "reader: got str 'table', expected options by name, such as {'delimiter': ';'}."),
    ],
)
def test_options_that_there_are_not(folder, options, said):
    with pytest.raises(ConfigError, match=said):
        elman.load(folder / "run", reader=options)


def test_texts_come_in_whatever_holds_them(folder):
    model = elman.load(folder / "run")
    texts = ["good film", "a bad day"]
    expected = model.predict(texts, k=1)
    for held in (tuple(texts), np.array(texts), np.array(texts, object), iter(texts), dict.fromkeys(texts).keys()):
        assert model.predict(held, k=1) == expected
    assert model.predict([["good", "film"], ("a", "bad", "day")], k=1) == expected


def test_an_empty_list_of_words_is_an_empty_text(folder):
    model = elman.load(folder / "run")
    assert model.predict([[]], k=1) == [model.predict("", k=1)]


@pytest.mark.parametrize(
    ("held", "got"),
    [
        (np.array([["a", "b"]]), "ndarray"),
        (b"good film", "bytes"),
        ([1.5], "a list with float"),
        ([["a", 1]], "a list with int"),
    ],
)
def test_what_holds_no_texts_is_refused(folder, held, got):
    with pytest.raises(ConfigError, match=f"predict: got {got}, expected a text or a list of texts."):
        elman.load(folder / "run").predict(held)


@pytest.mark.parametrize("command", [["evaluate", "FILE", "--out"], ["compare", "RUN", "--on=FILE", "--html"]])
def test_a_file_that_is_read_is_not_written_over(folder, capsys, command):
    run, file = str(folder / "run"), folder / "other.txt"
    before = file.read_bytes()
    name, *rest = [word.replace("RUN", run).replace("FILE", str(file)) for word in command]
    assert main([name, run, *rest, str(file), *SAID]) == 2
    assert (
        capsys.readouterr().err
        == f"error: {rest[-1]}: {file}: is read, and would be written over. Give another name.\n"
    )
    assert file.read_bytes() == before
