"""What a caller in Python gives, and what is said where it is something else."""

from pathlib import Path

import pytest

import elman
from elman.errors import ConfigError
from elman.given import folder_of, names_of_files, number_of, options_of


def test_names_are_taken_however_they_are_given():
    assert names_of_files("train", "a.txt") == names_of_files("train", [Path("a.txt")]) == ["a.txt"]
    assert names_of_files("train", (one for one in ("a", "b"))) == ["a", "b"]
    assert folder_of("load", "runs/lm-1") == folder_of("load", Path("runs/lm-1")) == Path("runs/lm-1")
    assert options_of("task", None, "") == {}
    assert options_of("task", {"beam": 3}, "") == {"beam": 3}
    assert number_of("minutes", 1.5) == 1.5
    assert number_of("steps", None, whole=True) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: elman.load(None), r"^load: got None, expected the name of a run folder, such as 'runs/lm-1'\.$"),
        (lambda: elman.load(["a"]), r"^load: got list \['a'\], expected the name of a run folder"),
        (lambda: elman.resume(3), r"^resume: got int 3, expected the name of a run folder"),
        (lambda: elman.train(None, train="a.txt"), r"task\.name: unknown task 'None'"),
        (lambda: elman.train("lm", train=None), r"^train: got None, expected the name of a file or a list of them\.$"),
        (lambda: elman.train("lm", train=[]), r"^train: got an empty list, expected the name of a file"),
        (lambda: elman.train("lm", train=["a", 3]), r"^train: got a list with int 3, expected the name of a file"),
        (lambda: elman.train("lm", train="a", valid=3), r"^valid: got int 3, expected the name of a file"),
        (lambda: elman.train("lm", train="a", out=3), r"^out: got int 3, expected the name of a run folder"),
        (lambda: elman.train("lm", train="a", settings=3), r"^settings: got int 3, expected options by name, such as "),
        (lambda: elman.train("lm", train="a", settings={3: 4}), r"^settings: got the name 3, expected options by name"),
        (lambda: elman.train("lm", train="a", listener=3), r"^listener: got int, expected a function of one event"),
        (lambda: number_of("steps", 1.5, whole=True), r"^steps: got 1\.5, expected a whole number above 0\.$"),
        (lambda: number_of("minutes", "x"), r"^minutes: got 'x', expected a number above 0\.$"),
    ],
)
def test_what_is_something_else_is_told_by_its_type(call, message):
    with pytest.raises(ConfigError, match=message):
        call()
