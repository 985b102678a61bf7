"""The soak, small: some of every part, and that it sees what it is to see."""

import os
import random
import signal
import subprocess
import sys

import pytest

from elman.errors import DataError

from . import child
from .__main__ import PARTS, main
from .findings import Finding, Tally
from .formats import Format
from .fuzz import one_input
from .kills import Life, deaths, different
from .mutations import TEXT, mutated, tree
from .operations import Operations, Strike

JOBS = ("lm-words/resume", "ngram/overwrite", "export/npy")
COUNTED = {"kills": "lives", "failing": "failed writes", "fuzz": "inputs", "hostile": "folders"}
"""What each part does, by the column of its table that counts it."""


@pytest.mark.slow
def test_some_of_every_part_finds_nothing(tmp_path):
    command = [sys.executable, "-m", "tests.soak", "kills", "failing", "fuzz", "hostile", "--minutes", "60"]
    only = [part for name in JOBS for part in ("--only", name)]
    done = subprocess.run(
        [*command, "--jobs", "2", "--most", "20", *only, "--out", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n0 findings" in done.stdout
    for part, counted in COUNTED.items():
        assert sums(done.stdout, part)[counted] > 0, done.stdout


def sums(said, part):
    """Return the sums of the table of a part, by column."""
    rows = [row.strip("|").split("|") for row in said.partition(f"## {part}\n")[2].partition("##")[0].splitlines()]
    names, together = (next(row for row in rows if row[0].strip() == name) for name in (PARTS[part][2], "**together**"))
    return {name.strip(): int(number.replace(",", "")) for name, number in zip(names[1:], together[1:], strict=True)}


def test_a_part_without_work_is_seen():
    assert sums("## kills\n\n| job | findings |\n|---|---:|\n| **together** | 0 |\n", "kills") == {"findings": 0}
    said = "## fuzz\n| format | inputs | findings |\n| a | 1,000 | 0 |\n| **together** | 1,000 | 0 |\n## x"
    assert sums(said, "fuzz") == {"inputs": 1000, "findings": 0}


@pytest.mark.parametrize("name", ["nothing", "lm-words/resumed-again"])
def test_a_job_that_is_not_there_is_refused(monkeypatch, capsys, name):
    monkeypatch.setattr(sys, "argv", ["tests.soak", "kills", "--only", "export/npy", "--only", name])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"error: --only {name}: no job has this in its name, expected part of one of: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["12", "12t", "7ENOSPC", "7EIO+"])
def test_a_case_says_all_of_a_strike(text):
    assert str(Strike.of(text)) == text
    assert str(Life.of(text)) == text
    assert str(Life.of("@0.25")) == "@0.25"


def write(path):
    """Write a file in two pieces."""
    with path.open("wb") as file:
        file.write(b"abcd")
        file.flush()
        file.write(b"efgh")


@pytest.mark.parametrize(
    ("strike", "content"),
    [("1", None), ("2", b""), ("2t", b"ab"), ("3", b"abcd"), ("3t", b"abcdef"), ("0", b"abcdefgh")],
)
def test_a_kill_comes_at_its_operation(tmp_path, strike, content):
    path = tmp_path / "a"

    def work():
        operations = Operations(Strike.of(strike))
        write(path)
        return {"count": operations.count}

    ended = child.run(work)
    assert ended.killed == (strike != "0")
    assert ended.result == (None if ended.killed else {"count": 3})
    assert (path.read_bytes() if path.exists() else None) == content


@pytest.mark.parametrize(("strike", "content"), [("1EROFS", None), ("3ENOSPC", b"abcdef"), ("3EIO+", b"abcd")])
def test_a_write_fails_at_its_operation(tmp_path, strike, content):
    path = tmp_path / "a"

    def work():
        Operations(Strike.of(strike))
        try:
            write(path)
        except OSError as error:
            return {"error": error.errno}

    assert child.run(work).result == {"error": getattr(__import__("errno"), Strike.of(strike).error)}
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_process_that_does_not_end_is_ended():
    assert child.run(signal.pause, seconds=0.2).slow
    assert child.run(lambda: bytearray(2**30) and 0, memory=100).code == 1
    assert child.run(lambda: os.kill(os.getpid(), signal.SIGUSR1)).signal == signal.SIGUSR1


def test_every_operation_is_struck_once_before_any_other():
    coming = deaths(5, random.Random(1))
    assert sorted(str(next(coming)[0]) for _ in range(5)) == ["1", "2", "3", "4", "5"]
    assert str(next(coming)[0]).endswith("t")


def test_what_differs_is_named():
    assert different({"names": ["a"], "a": b"1"}, {"names": ["a"], "a": b"1"}) == ""
    assert different({"names": ["a"], "a": b"1"}, {"names": ["a"], "a": b"2"}) == "differs: a"
    assert different({"names": ["a"]}, {"names": ["a", "b"]}) == "other files: ['b']"


@pytest.mark.parametrize(
    ("error", "came"),
    [(None, "accepted"), (DataError("a: b"), "refused"), (DataError(" "), "finding"), (KeyError(1), "finding")],
)
def test_anything_but_an_error_of_ours_is_a_finding(tmp_path, error, came):
    def use(folder, content, draw):
        if error:
            raise error

    form = Format(lambda draw: b"", use)
    assert one_input(form, tmp_path, b"", random.Random(1))[0] == came


def test_damage_is_the_same_for_the_same_seed_and_bounded():
    made = [[mutated([b"a b 1\nc\td 2\n"], random.Random(seed), TEXT) for seed in range(300)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 200
    assert all(len(one) <= 40_000 for one in made[0])
    assert tree({"a": [1, {"b": "x"}]}, random.Random(3)) != {"a": [1, {"b": "x"}]}


def test_a_table_has_a_row_a_name_and_a_sum():
    tally = Tally()
    tally.count("a", "kills", 1200)
    tally.find("b", Finding("case", "wrong"))
    assert list(Tally.of(tally.to_json()).table("job")) == [
        "| job | kills | findings |",
        "|---|---:|---:|",
        "| a | 1,200 | 0 |",
        "| b | 0 | 1 |",
        "| **together** | 1,200 | 1 |",
    ]
