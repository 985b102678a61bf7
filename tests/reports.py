"""Reports of trainings, whose pictures take longer to render than most trainings of tests take."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from elman.pages import charts, report
from elman.runs.folder import RunFolder
from elman.training import recorder

NOT_RENDERED = "<!-- a picture, not rendered -->"

_render = charts.element
_plainly = ContextVar("plainly", default=False)  # of a thread: some tests train in several


@contextmanager
def plain() -> Iterator[None]:
    """Within it, reports of trainings draw their pictures and do not render them."""
    with patch.object(recorder, "write_report", _write_plain), patch.object(charts, "element", _element):
        yield


@contextmanager
def rendered() -> Iterator[None]:
    """Within it, reports of trainings are as they are everywhere else."""
    with patch.object(recorder, "write_report", report.write_report):
        yield


def _write_plain(run: RunFolder) -> None:
    before = _plainly.set(True)
    try:
        report.write_report(run)
    finally:
        _plainly.reset(before)


def _element(figure: Any) -> str:
    return NOT_RENDERED if _plainly.get() else _render(figure)
