"""Reports of trainings, whose pictures take longer to render than most trainings of tests take."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from elman.pages import charts, report
from elman.runs.folder import RunFolder
from elman.training import recorder


@contextmanager
def plain() -> Iterator[None]:
    """Within it, reports of trainings draw their pictures and do not render them."""
    with patch.object(recorder, "write_report", _write_plain):
        yield


@contextmanager
def rendered() -> Iterator[None]:
    """Within it, reports of trainings are as they are everywhere else."""
    with patch.object(recorder, "write_report", report.write_report):
        yield


def _write_plain(run: RunFolder) -> None:
    with patch.object(charts, "element", return_value="<svg></svg>"):
        report.write_report(run)
