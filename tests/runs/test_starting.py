"""The folder of a run is made and kept to one process before anything is read; a failed start leaves nothing."""

import errno
import os
import threading
from pathlib import Path

import numpy as np
import pytest

import elman
from elman.data.store import TokenStoreWriter
from elman.errors import CheckpointError, ConfigError, DataError, ElmanError
from elman.events import Notice
from elman.files.durable import locked
from elman.ngram.workspace import Workspace

FLAGS = {"model": "unigram", "level": "word"}


def test_the_folder_is_this_processes_before_data_is_read(tmp_path, text_file, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = []

    def look(event):
        if isinstance(event, Notice) and event.text.startswith("validation: "):
            with (
                pytest.raises(CheckpointError, match="another process is training here"),
                locked(tmp_path / "runs/lm-1"),
            ):
                pass
            seen.append(sorted(path.name for path in (tmp_path / "runs").iterdir()))

    elman.train("lm", str(text_file), listener=look, **FLAGS)
    assert seen == [["lm-1"]]


def test_two_trainings_at_once_get_a_folder_each(tmp_path, text_file, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, together = [], threading.Barrier(3)

    def train():
        together.wait()
        found.append(elman.train("lm", str(text_file), **FLAGS).path.name)

    threads = [threading.Thread(target=train) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["lm-1", "lm-2", "lm-3"]


@pytest.mark.parametrize("out", [None, "here/and/there"])
def test_a_failed_start_removes_what_it_made_and_nothing_else(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("")
    for _ in range(2):
        with pytest.raises(ElmanError):
            elman.train("lm", "empty.txt", out=out, **FLAGS)
        assert [path.name for path in tmp_path.iterdir()] == ["empty.txt"]
    (tmp_path / "runs").mkdir()
    (tmp_path / "here").mkdir()
    with pytest.raises(ElmanError):
        elman.train("lm", "empty.txt", out=out, **FLAGS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt", "here", "runs"]


class Full:
    """A file on a disk that is full: what was buffered is refused, and once more when it is closed."""

    def __init__(self, file):
        self.file, self.written, self.closed = file, 0, False

    def write(self, data):
        self.written += len(data)

    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        self.closed = True
        self.flush()

    def fileno(self):
        return self.file.fileno()


def test_a_disk_that_fills_in_the_last_buffer_of_ids(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir, buffering: Full(None))  # noqa: A006
    kept = []

    def write():
        with TokenStoreWriter(tmp_path) as writer:
            kept.append(writer._file)
            writer.append(np.arange(3))
            writer.finish()

    with pytest.raises(DataError, match="cannot hold the encoded text: No space left on device"):
        write()
    assert kept[0].closed


def test_a_disk_that_fills_in_the_last_buffer_of_counts(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir, buffering: Full(None))  # noqa: A006
    writer = Workspace(tmp_path, on_disk=True).writer(np.uint32, 3)
    writer.append(np.arange(3))
    with pytest.raises(DataError, match="cannot hold the counts: No space left on device"):
        writer.finish()
    assert writer._file.closed


@pytest.mark.parametrize("as_named", [str, Path])
def test_files_are_named_by_strings_or_paths(tmp_path, text_file, as_named):
    files = [as_named(text_file), as_named(text_file)]
    elman.train("lm", files[0], as_named(text_file), out=as_named(tmp_path / "one"), **FLAGS)
    elman.train("lm", files, tuple(files), out=as_named(tmp_path / "two"), **FLAGS)
    for name, count in (("one", 1), ("two", 2)):
        run = elman.load(as_named(tmp_path / name))
        assert list(run.validation) == [str(text_file)] * count
        assert run.evaluate(files[0]).counts == run.evaluate(files[:1]).counts
        assert len(list(run.read(files[0]))) == 1
    assert elman.resume(as_named(tmp_path / "one")).finished
    assert elman.train("lm", files[0], out=tmp_path / "three", settings={"data.train": files}, **FLAGS).finished


def test_a_file_of_vectors_may_be_a_path(tmp_path):
    (tmp_path / "train.txt").write_text("__label__a good film\n__label__b bad film\n" * 20)
    (tmp_path / "vectors.txt").write_text("good 1 2\nbad 3 4\n")
    settings = {"task.vectors": tmp_path / "vectors.txt", "model.embedding_size": 2}
    out = tmp_path / "run"
    elman.train("classify", tmp_path / "train.txt", out=out, steps=1, hidden=4, threads=1, settings=settings)
    assert "vectors.txt" in (out / "config.toml").read_text()


@pytest.mark.parametrize("wrong", [5, None, [1], [b"a.txt"], b"a.txt"])
def test_what_names_no_file_is_refused(tmp_path, text_file, wrong):
    with pytest.raises(
        ConfigError, match=r"train: got (a list with )?(None|int \d|bytes \S+), expected the name of a file or a list"
    ):
        elman.train("lm", wrong, out=tmp_path / "run", **FLAGS)
    if wrong is not None:
        with pytest.raises(
            ConfigError,
            match=r"valid: got (a list with )?(None|int \d|bytes \S+), expected the name of a file or a list",
        ):
            elman.train("lm", text_file, wrong, out=tmp_path / "run", **FLAGS)


@pytest.mark.skipif(os.name != "posix", reason="pipes that have a name")
def test_a_pipe_is_not_trained_on_and_not_waited_for(tmp_path, text_file):
    """Nobody writes to it, so that whoever opened it would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    for more in ({}, {"settings": {"reader.name": "text"}}):
        with pytest.raises(DataError, match="pipe: a pipe or a device, which can be read only once"):
            elman.train("lm", tmp_path / "pipe", out=tmp_path / "run", **FLAGS, **more)
    with pytest.raises(DataError, match="pipe: a pipe or a device, which can be read only once"):
        elman.train("lm", text_file, tmp_path / "pipe", out=tmp_path / "run", **FLAGS)
    for task in ("classify", "tag", "pair", "embed"):
        with pytest.raises(DataError, match="pipe: a pipe or a device, which can be read only once"):
            elman.train(task, tmp_path / "pipe", out=tmp_path / "run")
    (tmp_path / "texts.tsv").write_text("".join(f"a b {n}\t{n % 2}\n" for n in range(40)))
    with pytest.raises(DataError, match="pipe: a pipe or a device, which can be read only once"):
        elman.train("classify", tmp_path / "texts.tsv", out=tmp_path / "run",
                    settings={"task.vectors": tmp_path / "pipe"})  # fmt: skip
    assert not (tmp_path / "run").exists()
    data = tmp_path / "data.txt"
    data.write_bytes(text_file.read_bytes())
    elman.train("lm", data, out=tmp_path / "good", level="character", steps=2, hidden=4, threads=1)
    data.unlink()
    os.mkfifo(data)
    with pytest.raises(DataError, match=r"data\.txt: a pipe or a device"):
        elman.resume(tmp_path / "good", steps=4)
