"""Running commands in this process."""

from typing import NamedTuple

import pytest

from elman.cli.main import main


class Result(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys):
    """Return a function that runs a command line and gives its exit code and what it printed."""

    def run_command(*arguments: object) -> Result:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_command
