"""A full disk and an unwritable folder leave the state before them readable."""

import errno
import subprocess
import sys

import numpy as np
import pytest

import elman
from elman.coders.frames import FramesCoder
from elman.errors import CheckpointError, DataError
from elman.files import durable
from elman.files.durable import write_file, write_folder
from elman.text.tokenizers.bpe import BPETokenizer
from elman.text.vocabulary import Vocabulary

FULL = """
import resource, signal, sys
import elman
from elman.errors import CheckpointError
from elman.events import Saved

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def limit(event):
    if isinstance(event, Saved) and event.step == 6:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

try:
    elman.train("lm", sys.argv[1], out=sys.argv[2], level="character", steps=30, hidden=12, listener=limit,
                settings={"training.checkpoint_every": 3, "training.validate_every": 30, "training.log_every": 30})
except CheckpointError as error:
    print(error)
    sys.exit(2)
"""


def test_a_disk_that_fills_up_during_a_save_keeps_the_last_checkpoint(tmp_path, text_file):
    out = tmp_path / "run"
    full = subprocess.run(
        [sys.executable, "-c", FULL, str(text_file), str(out)], capture_output=True, text=True, check=False
    )
    assert full.returncode == 2, full.stderr
    assert "checkpoints/9: cannot be written: File too large. What was saved before is still there" in full.stdout
    assert sorted(path.name for path in (out / "checkpoints").iterdir()) == ["3", "6"]
    assert elman.resume(out).finished


def refuse(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "model"
    write_file(path, b"before")
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match="model: cannot be written: No space left on device"):
        write_file(path, b"after")
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def write_together(paths, text, stop=None):
    with durable.write_files(paths) as partials:
        for partial in partials:
            partial.write_text(text)
        if stop is not None:
            raise stop


def test_files_are_replaced_together_and_their_names_are_forced_to_disk(tmp_path, monkeypatch):
    paths, synced = [tmp_path / "a", tmp_path / "b"], []
    monkeypatch.setattr(durable, "sync_folder", lambda folder: synced.append((folder, paths[1].read_text())))
    for number, text in enumerate(["before", "after"], start=1):
        write_together(paths, text)
        assert [path.read_text() for path in paths] == [text, text]
        assert synced == [(tmp_path, "before"), (tmp_path, "after")][:number]  # behind the renames
    with pytest.raises(KeyboardInterrupt):
        write_together(paths, "stopped", KeyboardInterrupt())
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match="a: cannot be written: No space left on device"):
        write_together(paths, "full")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "after", "b": "after"}


def test_a_folder_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match="cannot be written: No space left on device"):
        write_folder(tmp_path / "7", {"a": [b"1"]})
    assert list(tmp_path.iterdir()) == []


def test_encoding_a_text_on_a_full_disk_says_so(tmp_path, text_file, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(DataError, match="cannot hold the encoded text: No space left on device"):
        elman.train("lm", str(text_file), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_vocabulary_on_a_full_disk_says_so(tmp_path, small_run, monkeypatch):
    from elman.runs.folder import RunFolder

    task = elman.load(small_run).task
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match=r"vocabulary/tokens\.txt: cannot be written: No space left on device\."):
        RunFolder(tmp_path).save_task(task)
    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(CheckpointError, match=r"vocabulary: cannot be written: No space left on device\."):
        RunFolder(tmp_path).save_task(task)


def pieces():
    tokenizer = BPETokenizer()
    tokenizer.learn(["the cat sat on the mat, the cat sat"], 270)
    return tokenizer


SAVED = {
    "words.txt": lambda folder: Vocabulary(["<unk>", "a"], [1, 2]).save(folder / "words.txt"),
    "merges.txt": lambda folder: pieces().save(folder),
    "frames.json": lambda folder: FramesCoder(np.zeros(2), np.ones(2)).save(folder),
}


@pytest.mark.parametrize("name", SAVED)
def test_what_was_learned_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("before")
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CheckpointError, match=rf"{name}: cannot be written: No space left on device"):
        SAVED[name](tmp_path)
    assert (tmp_path / name).read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    monkeypatch.undo()
    SAVED[name](tmp_path)
    assert (tmp_path / name).read_text() != "before"


def test_a_log_on_a_full_disk_says_so(tmp_path, monkeypatch):
    from elman.runs.log import MetricsLog

    log = MetricsLog(tmp_path / "metrics.jsonl", 0)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(
        CheckpointError, match=r"metrics\.jsonl: cannot be written: No space left on device\. Free some"
    ):
        log.write("train", step=1)
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl: cannot be written: No space left on device\."):
        MetricsLog(tmp_path / "metrics.jsonl", 0)
