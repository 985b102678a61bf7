"""Streams that are closed, full, or cannot hold what is written: one line or none, and never a traceback."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

import elman
from elman.cli.main import main
from elman.errors import DataError
from elman.events import Notice, Stepped
from elman.pages.progress import Display

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells and signals")


@pytest.fixture(scope="module")
def run(tmp_path_factory, text_file):
    path = tmp_path_factory.mktemp("streams") / "run"
    elman.train("lm", str(text_file), out=path, model="unigram", level="word")
    return path


def shell(command, **more):
    """Run a command line in which `elman` is this one."""
    program = f"{sys.executable} -m elman"
    return subprocess.run(
        ["bash", "-c", command.replace("elman ", f"{program} ")], capture_output=True, text=True, check=False, **more
    )


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("elman score RUN TEXT >&-", 0, ""),
        ("elman --help >&-", 0, ""),
        ("elman score RUN - <&-", 0, ""),
        ("elman nonsense 2>&-", 2, ""),
        ("elman score RUN TEXT > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        ("elman describe cells > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        (
            "elman predict RUN TEXT > /dev/full",
            2,
            "error: standard output: cannot be written: No space left on device.",
        ),
        ("elman score RUN TEXT | head -1; exit ${PIPESTATUS[0]}", 0, ""),
        (
            "echo 'anna sieht ä' | PYTHONIOENCODING=ascii elman score RUN -",
            0,
            "note: ascii has no sign for some characters: they are written as ?",
        ),
    ],
)
def test_a_stream_that_is_closed_full_or_too_narrow(run, text_file, command, code, said):
    done = shell(command.replace("RUN", str(run)).replace("TEXT", str(text_file)))
    assert (done.returncode, done.stderr.strip()) == (code, said)


def test_a_full_standard_error_ends_no_training(tmp_path, text_file):
    done = shell(f"elman train lm {text_file} --model unigram --level word --out {tmp_path / 'run'} 2> /dev/full")
    assert done.returncode == 0
    assert (tmp_path / "run" / "model.safetensors").exists()


def test_a_display_that_cannot_be_written_falls_silent():
    class Full:
        encoding = "utf-8"

        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self):
            raise OSError(errno.ENOSPC, "No space left on device")

        def isatty(self):
            return False

    display = Display(Full())
    display(Notice("one"))
    assert display.console.quiet
    display(Notice("two"))
    display.close()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "error: the memory of this machine is not enough. Take less at once: --batch-size"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "error: the memory of this machine"),
        (RecursionError(), "error: something is nested too deeply to be read."),
        (EOFError("Compressed file ended"), "error: a file ends before it should: Compressed file ended. Is it whole?"),
    ],
)
def test_what_is_not_ours_is_one_line(monkeypatch, capsys, error, said):
    def fails(*_given, **_more):
        raise error

    monkeypatch.setattr("elman.cli.descriptions.overview", fails)
    assert main(["describe"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == 1
    before = sys.stdout
    assert main(["describe", "cells"]) == 0
    assert sys.stdout is before


def test_a_message_is_one_line_without_signs_that_steer_a_terminal(monkeypatch, capsys):
    def fails():
        raise DataError("a.jsonl:1: no key 'first\nkey', got '\x1b[31mred'.", "a second mistake")

    monkeypatch.setattr("elman.cli.descriptions.overview", fails)
    assert main(["describe"]) == 2
    said = capsys.readouterr().err
    assert said == "error: a.jsonl:1: no key 'first key', got '\\x1b[31mred'.\nerror: a second mistake\n"


def test_a_bug_of_ours_is_a_traceback(monkeypatch):
    def fails():
        raise RuntimeError("a bug")

    monkeypatch.setattr("elman.cli.descriptions.overview", fails)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["describe"])


def test_an_interrupt_outside_of_training_is_said(monkeypatch, capsys):
    def fails():
        raise KeyboardInterrupt

    monkeypatch.setattr("elman.cli.descriptions.overview", fails)
    assert main(["describe"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


SMALL = {"level": "character", "hidden": 6, "batch_size": 4, "threads": 1}


def test_a_terminal_that_closes_saves_the_training(tmp_path, text_file):
    def hang_up(event):
        if isinstance(event, Stepped) and event.step == 3:
            os.kill(os.getpid(), signal.SIGHUP)

    stopped = elman.train("lm", str(text_file), out=tmp_path / "run", steps=20, listener=hang_up, **SMALL)
    assert (stopped.finished, stopped.signal) == (False, signal.SIGHUP)
    assert (tmp_path / "run" / "checkpoints" / "3").exists()


def test_a_signal_that_the_process_ignores_stays_ignored(tmp_path, text_file):
    def hang_up(event):
        if isinstance(event, Stepped) and event.step == 3:
            os.kill(os.getpid(), signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = elman.train("lm", str(text_file), out=tmp_path / "run", steps=5, listener=hang_up, **SMALL)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert run.finished


def test_a_second_interrupt_says_what_is_saved(tmp_path, text_file):
    told = []

    def twice(event):
        told.append(event)
        if isinstance(event, Stepped) and event.step == 4:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    settings = {"training.checkpoint_every": 2, "training.validate_every": 100}
    with pytest.raises(KeyboardInterrupt):
        elman.train("lm", str(text_file), out=tmp_path / "run", steps=20, listener=twice, settings=settings, **SMALL)
    [said] = [event.text for event in told if isinstance(event, Notice) and "at once" in event.text]
    assert said == f"stopped at once: step 2 is saved; go on with: elman train --resume {tmp_path / 'run'}"


def test_the_reason_why_a_training_stopped_is_told_whatever_becomes_of_the_report(tmp_path, text_file, monkeypatch):
    def fails(_run):
        raise ZeroDivisionError

    def stop(event):
        if isinstance(event, Stepped):
            raise OverflowError("the reason")

    monkeypatch.setattr("elman.training.recorder.write_report", fails)
    with pytest.raises(OverflowError, match="the reason"):
        elman.train("lm", str(text_file), out=tmp_path / "run", steps=20, listener=stop, **SMALL)


def test_a_finished_run_on_a_disk_that_is_only_read_is_finished(run, monkeypatch):
    def refuse(*_given, **_more):
        raise OSError(errno.EROFS, "Read-only file system")

    told = []
    for name in ("rename", "replace", "unlink", "mkdir", "rmdir"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr("elman.files.durable.os.fsync", refuse)
    assert elman.resume(run, listener=told.append).finished
    assert told[-1].text.endswith("go on with elman train --resume.")
    assert "report.html: cannot be written: Read-only file system" in told[-1].text
