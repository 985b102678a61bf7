"""The folder of a run is made and kept to one process before anything is read; a failed start leaves nothing."""

import errno
import threading

import numpy as np
import pytest

import elman
from elman.data.store import TokenStoreWriter
from elman.errors import CheckpointError, DataError, ElmanError
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
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: Full(None))  # noqa: A006
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
    monkeypatch.setattr("tempfile.TemporaryFile", lambda dir: Full(None))  # noqa: A006
    writer = Workspace(tmp_path, on_disk=True).writer(np.uint32)
    writer.append(np.arange(3))
    with pytest.raises(DataError, match="cannot hold the counts: No space left on device"):
        writer.finish()
    assert writer._file.closed
