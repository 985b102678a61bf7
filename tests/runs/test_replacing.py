"""A run that is replaced stays whole until the new one is worth more, whatever happens in between."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

import elman
from elman.cli.main import main
from elman.cli.training import report_end
from elman.errors import CheckpointError, ConfigError, ElmanError, NotWrittenError
from elman.events import Saved
from elman.files import durable
from elman.runs import checkpoint as checkpoints
from elman.runs import folder as folders
from elman.runs import replacing
from elman.runs.folder import RunFolder

SMALL = {"level": "character", "hidden": 6, "batch_size": 4, "threads": 1}


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def run(tmp_path, text_file):
    """A good unigram run, with a file of the user's own beside it."""
    path = tmp_path / "run"
    elman.train("lm", str(text_file), out=path, model="unigram", level="word")
    (path / "notes.txt").write_text("mine")
    return path


def again(run, text_file, **more):
    return elman.train("lm", str(text_file), out=run, overwrite=True, **{**SMALL, **more})


def test_a_training_that_diverges_leaves_the_old_run(run, text_file):
    before = content(run)
    settings = {"training.clip_norm": 0, "training.schedule": "constant", "training.optimizer": "sgd"}
    with pytest.raises(ElmanError, match=r"not a finite number\. The run that was there before is still there\."):
        again(run, text_file, steps=300, learning_rate=1e30, settings=settings)
    assert content(run) == before


def test_the_new_run_counts_from_its_first_checkpoint_on(run, text_file):
    steps = []

    def stop(event):
        if isinstance(event, Saved):
            steps.append((event.step, (run / "checkpoints").exists()))
            if event.step == 2:
                raise KeyboardInterrupt

    settings = {"training.checkpoint_every": 2, "training.validate_every": 100}
    with pytest.raises(KeyboardInterrupt):
        again(run, text_file, steps=100, settings=settings, listener=stop)
    assert steps == [(0, False), (2, True)]
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoints", "config.toml", "metrics.jsonl", "notes.txt", "report.html", "vocabulary"
    ]  # fmt: skip
    assert elman.resume(run, steps=4).finished
    assert checkpoints.steps(run / "checkpoints")[-1] == 4
    whole = run.with_name("whole")
    elman.train("lm", str(text_file), out=whole, steps=100, settings=settings, listener=None, **SMALL)
    lines = [(folder / "metrics.jsonl").read_text().splitlines() for folder in (run, whole)]
    assert lines[0][0] == lines[1][0]


def test_a_training_that_is_stopped_before_its_first_step_leaves_the_old_run(run, text_file, capsys):
    steps = []

    def stop(event):
        if isinstance(event, Saved):
            steps.append(event.step)
            if len(steps) == 1:
                os.kill(os.getpid(), signal.SIGTERM)

    before = content(run)
    stopped = again(run, text_file, steps=100, listener=stop)
    assert set(steps) == {0}
    assert (stopped.finished, stopped.saved, stopped.signal) == (False, False, signal.SIGTERM)
    assert content(run) == before
    assert report_end(stopped) == 143
    said = f"stopped before anything was saved: the run that was in {run} before is still there\n"
    assert capsys.readouterr().out == said
    assert not (run / ".new").exists()


@pytest.mark.parametrize("what", ["os.fsync", "elman.runs.log.MetricsLog.write"])
def test_a_full_disk_is_told_of_the_new_run_and_the_old_one_stays(run, text_file, monkeypatch, what):
    def refuse(*_given, **_more):
        if what == "os.fsync":
            raise OSError(28, "No space left on device")
        raise NotWrittenError(run / ".new" / "metrics.jsonl", "No space left on device")

    before = content(run)
    monkeypatch.setattr(what, refuse)
    with pytest.raises(CheckpointError) as caught:
        again(run, text_file, steps=4)
    monkeypatch.undo()
    assert str(caught.value) == (
        f"{run}: the new run cannot be written: No space left on device. The run that was there is as it was. Free "
        "some space or fix the folder, then train with --overwrite again."
    )
    assert content(run) == before
    assert not (run / ".new").exists()


def test_a_full_disk_once_the_new_run_counts_says_how_to_go_on_with_it(run, text_file, monkeypatch):
    def refuse(*_given, **_more):
        raise OSError(28, "No space left on device")

    def fill(event):
        if isinstance(event, Saved) and event.step == 2:
            monkeypatch.setattr("os.fsync", refuse)

    with pytest.raises(CheckpointError, match=rf"{run}/[a-z./0-9]+: cannot be written: No .* go on with elman"):
        again(run, text_file, steps=8, settings={"training.checkpoint_every": 2}, listener=fill)
    monkeypatch.undo()
    assert elman.resume(run).finished


def test_a_new_run_that_is_finished_is_all_that_is_left(run, text_file, tmp_path):
    elman.train("lm", str(text_file), out=run, overwrite=True, model="unigram", level="character")
    elman.train("lm", str(text_file), out=tmp_path / "fresh", model="unigram", level="character")
    found, fresh = content(run), content(tmp_path / "fresh")
    assert found.pop("notes.txt") == b"mine"
    assert found.keys() == fresh.keys()
    for name in ("config.toml", "model.safetensors", "vocabulary/tokens.txt"):
        assert found[name] == fresh[name]


PLACES = """
import os, signal, sys
import elman
from elman.files import durable
from elman.runs import folder, replacing

left, text, run = int(sys.argv[1]), sys.argv[2], sys.argv[3]

def counted(name):
    original = getattr(os, name)
    def call(*given, **more):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return original(*given, **more)
    setattr(os, name, call)

for name in ("fsync", "rename", "replace", "mkdir", "unlink", "rmdir"):
    counted(name)
elman.train("lm", text, out=run, overwrite=True, model="unigram", level="character")
"""


def test_a_kill_anywhere_leaves_one_of_the_two(run, text_file, tmp_path):
    """The old run or the new one, whole, at every place where the disk is changed."""
    old = elman.load(run).task.fingerprint
    seen = set()
    for place in range(0, 60, 3):
        killed = subprocess.run(
            [sys.executable, "-c", PLACES, str(place), str(text_file), str(run)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if killed.returncode == 0:
            break
        assert killed.returncode == -9, killed.stderr
        model = elman.load(run)
        seen.add(model.task.config.level)
        assert model.task.fingerprint == old or model.task.config.level == "character"
        assert (run / "notes.txt").read_text() == "mine"
    assert seen == {"word", "character"}
    elman.resume(run)
    assert [path.name for path in run.glob(".*")] == []


@pytest.mark.parametrize("place", range(12))
def test_what_was_begun_is_finished_by_who_comes_next(tmp_path, monkeypatch, place):
    path = tmp_path / "run"
    for folder, text in ((path, "old"), (path / ".new", "new")):
        (folder / "vocabulary").mkdir(parents=True)
        (folder / "vocabulary" / "tokens.txt").write_text(text)
        (folder / "config.toml").write_text(text)
    (path / "report.html").write_text("old")
    left = [place]

    def stops(original):
        def call(*given, **more):
            if not left[0]:
                raise OSError(5, "stopped")
            left[0] -= 1
            return original(*given, **more)

        return call

    with monkeypatch.context() as patch:
        for name in ("rename", "unlink", "rmdir", "fsync"):
            patch.setattr(os, name, stops(getattr(os, name)))
        try:
            replacing.take_over(path)
        except OSError:
            counts = replacing.is_underway(path)
        else:
            counts = True
    replacing.finish(path)
    expected = "new" if counts else "old"
    assert (path / "config.toml").read_text() == expected
    assert (path / "vocabulary" / "tokens.txt").read_text() == expected
    assert (path / "report.html").exists() == (expected == "old")


def test_a_folder_with_what_a_kill_left_of_a_start_counts_as_empty(tmp_path, text_file, capsys):
    run = tmp_path / "run"
    run.mkdir()
    (run / ".config.toml.0123.partial").write_text("[run")
    (run / ".config.toml.partial").write_text("[run")
    RunFolder(run).check_free(overwrite=False)
    assert main(["train", "lm", str(text_file), "--model", "unigram", "--level", "word", "--out", str(run)]) == 0
    assert list(run.glob(".*")) == []
    (run / "config.toml").unlink()
    with pytest.raises(ElmanError, match="not empty and not a run"):
        RunFolder(run).check_free(overwrite=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [("config.toml", r"run: holds a run\. Go on with it"), ("a.txt", "run: not empty and not a")],
)
def test_what_another_process_made_before_the_lock_stays(tmp_path, monkeypatch, name, message):
    path = tmp_path / "run"

    @contextmanager
    def late(folder):
        (path / name).write_text("[run]\nformat = 1\n")
        with durable.locked(folder):
            yield

    monkeypatch.setattr(folders, "locked", late)
    with pytest.raises(ConfigError, match=message), RunFolder(path).created(overwrite=False):
        pytest.fail("a run of another process was taken for nothing")
    assert [one.name for one in path.iterdir()] == [name]
    assert (path / name).read_text() == "[run]\nformat = 1\n"


def test_a_replacement_that_cannot_be_finished_says_so(run, monkeypatch):
    (run / ".new-whole").mkdir()

    def refuse(*_given, **_more):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "rename", refuse)
    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(CheckpointError, match="half in its place, and it cannot be moved: Read-only file system"):
        elman.load(run)
    (run / ".new").mkdir()
    with pytest.raises(CheckpointError, match="run: cannot be replaced: Read-only file system"):
        RunFolder(run, replaces=True).take_over()


def test_each_writer_has_a_name_of_its_own_and_stale_ones_go(tmp_path):
    path = tmp_path / "model"
    names = {durable.partial_path(path).name for _ in range(20)}
    assert len(names) == 20
    assert all(durable.is_partial(name) for name in names)
    fresh, stale = tmp_path / ".model.1.partial", tmp_path / ".model.2.partial"
    for left in (fresh, stale):
        left.write_text("x")
    os.utime(stale, (0, 0))
    durable.write_file(path, b"whole")
    assert sorted(left.name for left in tmp_path.iterdir()) == [".model.1.partial", "model"]


def test_what_killed_writers_left_goes_from_every_folder_of_a_run(run, tmp_path):
    lefts = [run / name / ".x.1f.partial" for name in (".", "checkpoints", "vocabulary", "vocabulary/target")]
    for left in lefts:
        left.parent.mkdir(exist_ok=True)
        left.write_text("half")
    (run / "vocabulary" / ".kept").write_text("no writer left this")
    elman.resume(run)
    assert [left for left in lefts if left.exists()] == []
    assert (run / "vocabulary" / ".kept").exists()
