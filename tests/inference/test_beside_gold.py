"""What a model says beside what is true, one example a line."""

import json

import pytest

import elman
from elman.cli.main import main

OPTIONS = {"steps": 10, "hidden": 8, "threads": 1, "listener": elman.silent}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Texts, sentences and pairs with a run of each."""
    folder = tmp_path_factory.mktemp("gold")
    rows = [f"{'good' if i % 2 else 'bad'} film {i},{'pos' if i % 2 else 'neg'}\n" for i in range(12)]
    (folder / "a.csv").write_text("text,label\n" + "".join([*rows[:6], "no label,\n", *rows[6:]]))
    (folder / "a.conll").write_text("Anna B-PER\nis O\nhere O\n\nBen B-PER\nsees O\n\n" * 5)
    (folder / "a.tsv").write_text("first\tsecond\tscore\n" + "".join(f"it is {i}\tit was {i}\t{i}\n" for i in range(9)))
    (folder / "a.txt").write_text("the cat sat\n" * 9)
    for task, name, settings in (
        ("classify", "a.csv", {}),
        ("tag", "a.conll", {}),
        ("pair", "a.tsv", {"task.target": "score"}),
        ("lm", "a.txt", {}),
    ):
        path = str(folder / name)
        elman.train(task, path, valid=path, out=folder / task, settings=settings, **OPTIONS)
    return folder


def written(files, task, name, *options):
    out = files / f"{task}.jsonl"
    assert main(["evaluate", str(files / task), str(files / name), "--out", str(out), *options]) == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_labels_that_were_scored_stand_beside_the_true_ones(files, capsys):
    rows = written(files, "classify", "a.csv", "--json")
    accuracy = json.loads(capsys.readouterr().out)["scores"][0]["value"]
    assert [row["where"] for row in rows] == [f"{files}/a.csv:{line}" for line in (*range(2, 8), *range(9, 15))]
    assert rows[0]["text"] == "bad film 0"
    assert rows[0]["gold"] == {"label": ["neg"]}
    assert {one["label"] for one in rows[0]["labels"]} == {"pos", "neg"}
    right = [row["labels"][0]["label"] == row["gold"]["label"][0] for row in rows]
    assert sum(right) / len(rows) == pytest.approx(accuracy)


def test_tags_and_scores_too(files):
    tagged = written(files, "tag", "a.conll")
    assert len(tagged) == 10
    assert tagged[0]["gold"] == {"tags": ["B-PER", "O", "O"]}
    assert len(tagged[0]["tags"]) == len(tagged[0]["probabilities"]) == 3
    pairs = written(files, "pair", "a.tsv")
    assert [row["gold"] for row in pairs] == [{"score": float(i)} for i in range(9)]
    assert all(isinstance(row["score"], float) for row in pairs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{}/lm", "{}/a.txt", "--out", "{}/x"], "task 'lm' has no examples; a run of task 'caption', "),
        (["{}/tag", "{}/tag", "--on", "{}/a.conll", "--out", "{}/x"], "--out: got several runs, expected one."),
        (["{}/tag", "{}/a.conll", "--out", "{}/no/x"], "/no/x: cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_written_is_said(files, capsys, arguments, message):
    assert main(["evaluate", *(one.format(files) for one in arguments)]) == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert message in line
