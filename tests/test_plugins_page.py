"""docs/plugins.md does what it says: its files are written, its commands run, and their output has the same lines."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from elman.cli.main import main

PAGE = (Path(__file__).parent.parent / "docs/plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"`(\w+\.py)`:\n\n```python\n(.*?)```", PAGE, re.DOTALL))
SESSIONS = re.findall(r"```\n(\$ .*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the files of the page, and the commands of this elman."""
    path = tmp_path_factory.mktemp("page")
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def shaped(line):
    """Return a line without its numbers, of which another machine may have others, and with single blanks."""
    return re.sub(r"[-\d.,%]+", "#", " ".join(line.split()))


def test_every_file_is_there():
    learned = ["update_gate.py", "cosine.py", "complementary.py", "recent.py", "matthews.py"]
    assert list(FILES) == ["make_data.py", *learned, "notes.py", "make_tones.py", "loudness.py"]
    assert len(SESSIONS) == 9


def ran(command, folder):
    """Return the exit code and the output of a command that is not elman alone, as a shell gives it."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    shell = ["bash", "-c", command]
    found = subprocess.run(shell, capture_output=True, text=True, check=False, cwd=folder, env={"PATH": path})
    return found.returncode, found.stdout + found.stderr


def test_the_commands_of_the_page(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    for session in SESSIONS:
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
            monkeypatch.setattr("elman.registry._named", {})  # as in a process of its own
            if command.startswith("elman "):
                code = main(shlex.split(command)[1:])
                output = "".join(capsys.readouterr())
            else:
                code, output = ran(command, folder)
            assert code == (2 if "error: " in shown else 0), f"{command}\n{output}"
            there = [shaped(line) for line in output.splitlines()]
            for line in shown.splitlines():
                assert line == "..." or shaped(line) in there, f"{command}\n{output}"


def test_the_program_of_the_page(folder):
    program = re.search(r"## From Python\n\n```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=folder)
    assert found.returncode == 0, found.stderr
    best, scored = found.stdout.splitlines()
    assert shaped(best) == shaped(scored) == shaped("matthews correlation 0.1 on a scale of -1 to 1")
