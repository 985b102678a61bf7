"""docs/curriculum.md says what there is, and every row of it is shown by something."""

import pkgutil
import re

from elman.cli import commands
from elman.demos import DEMOS
from elman.formats import FORMATS
from elman.inspection.views import VIEWS
from elman.tasks import TASKS
from tests.curriculum import page

COMMANDS = {module.name.rstrip("_") for module in pkgutil.iter_modules(commands.__path__)}

BY_COMMAND_ALONE: set[str] = set()
"""Rows that take longer to show than a test may."""


def test_D49_the_page_is_what_is_written_from_the_experiments_and_tests():
    assert page.TARGET.read_text(encoding="utf-8") == "\n".join(page.lines()) + "\n"


def test_every_row_has_a_test_or_is_known_to_be_shown_by_a_command_alone():
    assert {row for row, _, _ in page.rows()} - set(page.tests()) == BY_COMMAND_ALONE
    assert [row for row, how in page.shown().items() if not how] == []


def test_what_can_be_typed_is_there():
    every = " ".join(page.TYPED.values())
    for name in re.findall(r"(?:configs|benchmarks)/[\w/]+\.\w+", every):
        assert (page.HERE.parent.parent / name).exists(), name
    for name in re.findall(r"`elman (\w+)", every):
        assert name in COMMANDS, name
    for name in re.findall(r"`elman inspect RUN (\w+)`", every):
        assert name in VIEWS.names(), name
    for name in re.findall(r"--check (\w+)", every):
        assert name in FORMATS.names(), name
    for kind, name in re.findall(r"elman (demo|train) (\w+)`", every):
        assert name in (DEMOS if kind == "demo" else TASKS).names(), name


def test_experiments_name_rows_that_there_are():
    assert set(page.commands()) <= {row for row, _, _ in page.rows()}
