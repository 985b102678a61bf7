"""docs/curriculum.md says what there is, and every row of it is shown by something."""

import re

import pytest

from tests.curriculum import page


def test_the_page_is_what_is_written_from_the_experiments_and_tests():
    assert page.TARGET.read_text(encoding="utf-8") == "\n".join(page.lines()) + "\n"


def test_every_row_is_shown_by_a_command_or_a_test():
    assert [row for row, how in page.shown().items() if not how] == []


@pytest.mark.parametrize("row", page.ELSEWHERE)
def test_what_is_named_elsewhere_is_there(row):
    for name in re.findall(r"[\w/]+\.py", page.ELSEWHERE[row]):
        assert any((root / name).exists() for root in (page.HERE.parent, page.HERE.parent.parent)), name


def test_experiments_name_rows_that_there_are():
    assert set(page.commands()) <= {row for row, _, _ in page.rows()}
