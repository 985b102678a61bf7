"""What a task is scored with besides its own scores, and which score selects models."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field as Option
from pydantic import PrivateAttr, field_validator

from elman.config import Config, Names
from elman.evaluation.further import named
from elman.metrics.base import Metric


class ScoringOptions(Config):
    """Options of what a task is scored with."""

    metrics: Names = Option(
        [], description="Further metrics to score with: built-in names, or your own, such as my_metric.py."
    )
    select: str = Option("", description="The score that decides which weights are best, if not the task's own.")

    _further: Mapping[str, type[Metric]] = PrivateAttr({})

    @field_validator("metrics")
    @classmethod
    def _known_metrics(cls, metrics: list[str]) -> list[str]:
        named(metrics)
        return metrics

    def model_post_init(self, context: Any) -> None:
        """Keep the metrics themselves: what a run names is imported when it is read, and not later."""
        self._further = named(self.metrics)

    @property
    def further(self) -> Mapping[str, type[Metric]]:
        """The further metrics by the names of their scores."""
        return self._further

    @property
    def selected(self) -> str:
        """The name of the score that `select` means, which may be a metric as the user named it; or nothing."""
        own = dict(zip(self.metrics, self._further, strict=True))
        return own.get(self.select, self.select)
