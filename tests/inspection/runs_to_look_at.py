"""Small runs of several kinds, whose weights are drawn and not learned: what is seen of them is arithmetic."""

import json

import numpy as np

import elman

TEXT = "the cat sat on the mat .\na dog saw the cat .\nthe dog sat on a mat .\n"


def language_model(folder, name="run", **options):
    """Train a language model for a step."""
    path = folder / f"{name}.txt"
    path.write_text(TEXT * 20)
    settings = options.pop("settings", {})
    learned = {} if "model" in options else {"hidden": 6, "steps": 1, "threads": 1}
    given = {"level": "word", "settings": settings, **learned, **options}
    return elman.train("lm", path, valid=path, out=folder / name, listener=elman.silent, **given).path


def tagger(folder, **options):
    """Train a tagger for a step."""
    path = folder / "tags.txt"
    path.write_text("the\tD\ncat\tN\nsat\tV\n\na\tD\ndog\tN\n\n" * 10)
    return elman.train(
        "tag", path, out=folder / "tagger", steps=1, hidden=5, threads=1, listener=elman.silent, **options
    ).path


def classifier(folder, **options):
    """Train a classifier for a step."""
    path = folder / "labels.tsv"
    path.write_text("good fine cat\tyes\nbad sad dog\tno\n" * 10)
    return elman.train(
        "classify", path, out=folder / "classifier", steps=1, hidden=5, threads=1, listener=elman.silent, **options
    ).path


def pairs(folder):
    """Train a model of pairs with attention for a step."""
    path = folder / "pairs.tsv"
    path.write_text("a dog runs\ta cat sits there\tyes\nthe dog\ta mat\tno\n" * 10)
    settings = {"model.attention": "word_by_word"}
    return elman.train(
        "pair", path, out=folder / "pairs", model="conditional_pair", steps=1, hidden=5, threads=1, settings=settings,
        listener=elman.silent,
    ).path  # fmt: skip


def writer(folder, name="writer", **options):
    """Train a model that writes for a step."""
    for side, texts in (("x", ["ab", "ba", "aab"]), ("y", ["ba", "ab", "baa"])):
        (folder / f"w.{side}").write_text("".join(f"{text}\n" for text in texts * 10))
    given = {"level": "character"} | options
    return elman.train(
        "seq2seq", f"{folder}/w.x,{folder}/w.y", out=folder / name, steps=1, hidden=5, threads=1,
        listener=elman.silent, **given,
    ).path  # fmt: skip


def forecaster(folder, name="forecaster", **settings):
    """Train a forecaster for a step, and write a series of 12 steps."""
    measured = not settings.get("task.binary")
    rows = [f"{hour},{hour % 5 + hour * hour % 3 if measured else hour // 3 % 2},{hour % 2}\n" for hour in range(90)]
    (folder / "load.csv").write_text("hour,load,open\n" + "".join(rows))
    (folder / "few.csv").write_text("hour,load,open\n" + "".join(rows[:12]))
    given = {"task.targets": "load", "task.horizon": 3, "task.period": 5} | settings
    return elman.train(
        "forecast", folder / "load.csv", out=folder / name, steps=1, hidden=5, threads=1, settings=given,
        listener=elman.silent,
    ).path  # fmt: skip


def span_reader(folder):
    """Train a reader of passages for a step."""
    place = {"answer_start": 13, "text": "Rome"}
    asked = [{"id": str(number), "question": "Where did Ann live?", "answers": [place]} for number in range(20)]
    paragraphs = [
        {"context": f"Ann lived in Rome once{'.' * (1 + number)}", "qas": [one]} for number, one in enumerate(asked)
    ]
    (folder / "asked.json").write_text(json.dumps({"data": [{"title": "1", "paragraphs": paragraphs}]}))
    return elman.train(
        "qa", folder / "asked.json", out=folder / "span_reader", steps=1, hidden=5, threads=1, listener=elman.silent,
        settings={"task.min_count": 1},
    ).path  # fmt: skip


def scribe(folder):
    """Train what writes by hand for a step, and write one text of four points."""
    line = json.dumps({"text": "lm", "strokes": [[1, 0, 0], [0, 2, 1], [3, 1, 0], [1, 1, 1]]})
    (folder / "hands.jsonl").write_text(f"{line}\n" * 20)
    (folder / "hand.jsonl").write_text(f"{line}\n")
    return elman.train(
        "handwriting", folder / "hands.jsonl", out=folder / "scribe", steps=1, hidden=5, threads=1,
        settings={"model.components": 2, "model.window": 2}, listener=elman.silent,
    ).path  # fmt: skip


def pen(folder):
    """Train a pen for a step, and write a drawing of four points."""
    parts = [np.array([[9, 0, 0], [0, 7, 0], [-9, 0, 0], [0, -7, 1]]), np.array([[4, 2, 0], [2, 4, 1]])]
    for name, drawn in (("many", parts * 10), ("one", parts[:1])):
        np.savez(folder / f"{name}.npz", train_strokes=np.concatenate(drawn), train_len=[len(one) for one in drawn])
    return elman.train(
        "strokes", folder / "many.npz", out=folder / "pen", steps=1, hidden=5, threads=1, listener=elman.silent
    ).path
