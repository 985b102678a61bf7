"""Word vectors from files as people have them."""

import json
import os
import threading

import pytest

import elman
from elman.data.readers.text import TextReader
from elman.events import Stepped
from elman.runs.log import read_events
from elman.tasks import TASKS
from elman.tasks.base import DataFiles

LINES = "élan vital\nvital élan\n" * 40


def train(folder, text, encoding="utf-8", listener=None, **flags):
    path = folder / "text.txt"
    path.write_bytes(text.encode(encoding))
    settings = {"model.embedding_size": 4, "task.min_count": 1, "task.words": "blanks", "reader.encoding": encoding}
    given = {"epochs": 3, "threads": 1, "valid": str(path), **flags}
    return elman.train("embed", str(path), out=folder / "run", settings=settings, listener=listener, **given)


@pytest.mark.parametrize("few", [True, False])
def test_a_small_text_is_told_to_be_read_more_often(tmp_path, monkeypatch, few):
    monkeypatch.setattr("elman.data.words._FEW", 15 if few else 5)
    kind, said = TASKS.get("embed"), []
    path = tmp_path / "train.txt"
    path.write_text("a b " * 6)
    reader = TextReader(TextReader.Config(), ("text",))
    options = kind.Config(min_count=1, words="blanks")
    kind.prepare(options, reader, DataFiles([path], [], 0.0), tmp_path, said.append)
    expected = "12 words are few for vectors: more text, or more passes such as --epochs 50, make them better"
    assert said == [expected] * few


def test_every_file_is_read_in_the_encoding_of_the_run(tmp_path):
    model = elman.load(train(tmp_path, LINES, "latin-1").path)
    pairs = tmp_path / "pairs.csv"
    pairs.write_bytes("élan,vital,3\nvital,élan,2\n".encode("latin-1"))
    assert model.evaluate(pairs).counts["answered of pairs"] == 2
    assert model.evaluate(tmp_path / "text.txt").counts["words"] == 160


def test_a_pipe_is_text_and_nothing_of_it_is_lost(tmp_path):
    model = elman.load(train(tmp_path, LINES).path)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(LINES,), kwargs={"encoding": "utf-8"})
    writer.start()
    found = model.evaluate(tmp_path / "pipe")
    writer.join()
    assert found.counts["words"] == 160


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    model = elman.load(train(tmp_path, LINES).path)
    for name in ("en", "de"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "ws.csv").write_text("élan,vital,3\nvital,vital,2\n", encoding="utf-8")
    found = model.evaluate([tmp_path / "en" / "ws.csv", tmp_path / "de" / "ws.csv"])
    assert [score.name for score in found.scores] == ["spearman_en_ws", "spearman_de_ws"]


def test_a_signal_in_the_last_stretch_does_not_unfinish_a_run(tmp_path, monkeypatch):
    from elman.training.interrupts import Interrupts

    run = train(tmp_path, LINES, listener=lambda event: interrupt(event, monkeypatch, Interrupts))
    assert run.finished


def interrupt(event, monkeypatch, kind):
    if isinstance(event, Stepped) and event.step == 3:
        monkeypatch.setattr(kind, "__call__", lambda self: True)


def test_the_last_vectors_are_kept_and_shown(tmp_path):
    run = train(tmp_path, LINES, epochs=4)
    events = list(read_events(run.path / "metrics.jsonl"))
    assert [event["kept"] for event in events if event["event"] == "validation"] == ["last"] * 4
    [view] = [event for event in events if event["event"] == "views"]
    assert view["step"] == 4
    assert json.dumps(view["views"][0]["kind"]) == '"map"'
    shown = [event for event in events if event["event"] == "sample"][-1]["text"]
    nearest = elman.load(run.path).predict("vital", 1)[0]
    assert f"vital -> {nearest[0]} {nearest[1]:.3f}" in shown


def test_a_folder_of_a_run_is_no_file_of_vectors(tmp_path):
    from elman.errors import DataError
    from elman.vectors.formats import read_vectors

    with pytest.raises(DataError) as refused:
        read_vectors(tmp_path)
    expected = f"{tmp_path}: a folder, expected a file. Vectors of a run are written by: elman export {tmp_path} FILE"
    assert str(refused.value) == expected
