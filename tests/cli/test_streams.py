"""Streams that are closed, full, or cannot hold what is written: one line or none, and never a traceback."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

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
    own = path.with_name("own.txt")  # what it is scored on is another file
    own.write_bytes(text_file.read_bytes())
    elman.train("lm", own, out=path, model="unigram", level="word")
    return path


def shell(command, **more):
    """Run a command line in which `elman` is this one."""
    program = f"{sys.executable} -m elman"
    return subprocess.run(
        ["bash", "-c", command.replace("elman ", f"{program} ")], capture_output=True, text=True, check=False, **more
    )


C_LOCALE = "env -u PYTHONIOENCODING LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("elman score RUN TEXT >&-", 2, "error: standard output: cannot be written: it is closed."),
        ("elman predict RUN TEXT >&-", 2, "error: standard output: cannot be written: it is closed."),
        ("elman evaluate RUN TEXT >&-", 2, "error: standard output: cannot be written: it is closed."),
        ("elman --help >&-", 2, "error: standard output: cannot be written: it is closed."),
        ("elman train lm TEXT --model unigram --level word --out NEW >&-", 0, None),
        ("elman score RUN - <&-", 0, ""),
        ("elman nonsense 2>&-", 2, ""),
        ("elman score RUN TEXT > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        ("elman --help > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        ("elman train --help > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        ("elman > /dev/full", 2, "error: standard output: cannot be written: No space left on device."),
        ("elman --help | head -1; exit ${PIPESTATUS[0]}", 0, ""),
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
        ("elman train lm /dev/stdin --model unigram --level word --out NEW < TEXT", 0, None),
        (
            "cat TEXT | elman train lm /dev/stdin --model unigram --level word --out NEW",
            2,
            "error: /dev/stdin: a pipe or a device, which can be read only once, and it is read more than once here. "
            "Write it to a file first: command > FILE",
        ),
        ("cat TEXT | elman evaluate RUN /dev/stdin", 0, ""),
        (
            f"echo 'anna sieht ä' | {C_LOCALE} elman score RUN -",
            0,
            "note: ascii has no sign for some characters: they are written as ?",
        ),
    ],
)
def test_a_stream_that_is_closed_full_or_too_narrow(run, tmp_path, text_file, command, code, said):
    names = {"RUN": run, "TEXT": text_file, "NEW": tmp_path / "new"}
    for name, path in names.items():
        command = command.replace(name, str(path))
    done = shell(command)
    assert done.returncode == code, done.stderr
    assert said is None or done.stderr.strip() == said


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs")
    rows = [f"{a}\t{b}\t{'same' if a == b else 'other'}" for a in ("red", "blue", "green") for b in ("red", "blue")]
    (folder / "pairs.tsv").write_text("\n".join(["first\tsecond\tlabel", *rows]) + "\n")
    return elman.train("pair", str(folder / "pairs.tsv"), valid=str(folder / "pairs.tsv"), model="pair_features",
                       out=folder / "run").path  # fmt: skip


@contextmanager
def waiting_for_input(given, *arguments):
    """Start a command with some input, to which more may come for ever."""
    with subprocess.Popen(
        [sys.executable, "-m", "elman", *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        process.stdin.write(given)
        process.stdin.flush()
        yield process


def test_an_error_while_more_input_may_come_is_one_line(pairs):
    for _ in range(4):
        with ExitStack() as stack:
            started = [stack.enter_context(waiting_for_input("no tab in it\n", "predict", pairs)) for _ in range(5)]
            for process in started:
                assert process.wait(60) == 2
                assert process.stdout.read() == ""
                assert process.stderr.read().startswith("error: -:1: ")


@pytest.mark.parametrize(("command", "lines"), [("predict", 1), ("score", 4096)])
def test_an_interrupt_while_more_input_may_come_is_said(run, command, lines):
    with waiting_for_input("anna\n" * lines, command, run) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr.read() == "interrupted\n"


def test_bytes_that_came_in_go_out_and_what_has_no_sign_is_a_question_mark():
    script = "from elman.cli.streams import opened\nwith opened(): print('a\\udcc3\\udca4\\u4e2d\\udcffb')"
    done = subprocess.run(
        ["bash", "-c", f'{C_LOCALE} {sys.executable} -c "$0"', script], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"a\xc3\xa4?\xffb\n")
    assert done.stderr == b"note: ascii has no sign for some characters: they are written as ?\n"


def test_the_name_alone_is_the_help(run, capsys):
    assert main([]) == 0
    alone = capsys.readouterr()
    assert main(["--help"]) == 0
    assert alone.out.startswith("Usage: elman [OPTIONS] COMMAND [ARGS]...\n")
    assert (alone.out, alone.err) == (capsys.readouterr().out, "")


def test_an_output_that_cannot_be_written_is_left_and_its_descriptor_closed(monkeypatch):
    class Full(io.TextIOWrapper):
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    before = len(list(Path("/proc/self/fd").iterdir()))
    with Path(os.devnull).open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Full(file))
        for _ in range(3):
            assert main(["describe", "cells"]) == 2
        sys.stdout.detach()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_failure_that_somebody_caught_is_told_when_all_is_written(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    def careless():
        with suppress(Exception):
            print("a")
        return ""

    monkeypatch.setattr("elman.cli.descriptions.overview", careless)
    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["describe"]) == 2
    assert capsys.readouterr().err == "error: standard output: cannot be written: No space left on device.\n"


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
        (OSError(errno.EIO, "Input/output error", "a.txt"), "error: a.txt: Input/output error.\n"),
        (PermissionError(errno.EACCES, "Permission denied", b"a"), "error: b'a': Permission denied.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "error: Broken pipe. --debug shows where.\n"),
        (OSError("not a regular file"), "error: not a regular file. --debug shows where.\n"),
        (TimeoutError(), "error: TimeoutError. --debug shows where.\n"),
        (
            OSError(errno.ENAMETOOLONG, "File name too long", "a" * 4000),
            f"error: '{'a' * 40}...{'a' * 40}': File name too long.\n",
        ),
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


def test_the_traceback_of_what_the_system_refuses_is_shown_when_it_is_asked_for(monkeypatch, capsys):
    def fails():
        raise OSError(errno.EIO, "Input/output error", "a.txt")

    monkeypatch.setattr("elman.cli.descriptions.overview", fails)
    assert main(["describe", "--debug"]) == 2
    said = capsys.readouterr().err
    assert "Traceback (most recent call last)" in said
    assert "OSError: [Errno 5] Input/output error: 'a.txt'" in said
    assert said.endswith("\nerror: a.txt: Input/output error.\n")


def test_a_name_that_no_system_takes_is_one_line(tmp_path, capsys):
    for command in (["score", "a" * 400], ["train", "lm", "a" * 400], ["train", "--resume", "a" * 400]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "File name too long" in said or "no such file" in said
        assert said.count("\n") == 1


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
