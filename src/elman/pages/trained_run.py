"""What training returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elman.metrics.base import Score
from elman.pages.charts import chart, plotted
from elman.pages.curves import drawings
from elman.runs.best import best_of
from elman.runs.folder import RunFolder
from elman.runs.log import read_run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_OF_HISTORY = ("train", "pass", "validation", "fit")


@dataclass(frozen=True)
class TrainedRun:
    """What is left when training returns: a run folder, which stands wherever its path may.

    Args:
        path: the run folder.
        finished: whether it came to its end; if not, `elman.resume` goes on.
        signal: the signal that stopped it, if one did.
        saved: whether anything of it is; if not, it was stopped before its first step, and the run that it would have
            replaced is still there.
    """

    path: Path
    finished: bool
    signal: int | None = None
    saved: bool = True

    def __fspath__(self) -> str:
        """Return the path of the folder: `elman.load(run)`."""
        return str(self.path)

    @property
    def best(self) -> Score | None:
        """The first score of the weights that are kept, on the validation part; None before there is one."""
        event = self._best
        if event is None or event["value"] is None:
            return None
        return Score(
            event["score"],
            event["value"],
            event["unit"],
            event.get("signature", ""),
            event.get("lower_is_better", False),
        )

    @property
    def history(self) -> list[dict[str, Any]]:
        """What was measured, a dictionary for each line of the log: `pandas.DataFrame(run.history)`.

        `event` is `train`, `pass`, `validation` or `fit`; a validation has each of its scores by name besides.
        """
        found = [event for event in self._events if event["event"] in _OF_HISTORY]
        return [{**event, **event["scores"]} if event["event"] == "validation" else dict(event) for event in found]

    def plot(self) -> "Figure":
        """Return the curves of loss and validation as a figure of matplotlib, which a notebook shows."""
        return plotted(drawings(self._events))

    def __repr__(self) -> str:
        """Say in one line how it ended and what it reached."""
        return f"<elman run {str(self.path)!r}: {', '.join(self._facts)}>"

    def _repr_html_(self) -> str:
        """Show the same with the curves, in a notebook."""
        curves = "".join(
            chart(one.curves, one.label, (7.2, 2.8), legend=len(one.curves) > 1) for one in drawings(self._events)
        )
        report = RunFolder(self.path).report_path
        name = f"<b>{escape(str(self.path))}</b>: {escape(', '.join(self._facts))}"
        return f"<p>{name}</p>{curves}<p>{escape(str(report))}</p>"

    @property
    def _events(self) -> list[Mapping[str, Any]]:
        return read_run(RunFolder(self.path).metrics_path)

    @property
    def _best(self) -> Mapping[str, Any] | None:
        return best_of(self._events)

    @property
    def _facts(self) -> list[str]:
        if not self.saved:
            return ["stopped before anything was saved"]
        best = self._best
        reached = [] if best is None else [f"validation {best['shown']} at step {best['step']:,}"]
        return ["finished" if self.finished else "stopped, elman.resume goes on", *reached]
