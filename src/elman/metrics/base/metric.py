"""A score, and what a metric promises that gives one."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from elman.text.printed import figures

_ENDS = re.compile(r"(-?\d+) to (\d+)")


@dataclass(frozen=True)
class Score:
    """A number that can be cited: what it is, its unit, and everything it depends on."""

    name: str
    value: float
    unit: str
    signature: str
    lower_is_better: bool

    def __str__(self) -> str:
        """Return name, value and unit in words: a rate as percent, a value between two ends with both of them.

        >>> print(Score("pearson", 0.5, "-1 to 1", "", False))
        pearson 0.5000 on a scale of -1 to 1
        >>> print(Score("accuracy", 0.5, "of texts", "", False))
        accuracy 50.00 % of texts
        """
        name = self.name.replace("_", " ")
        if self.unit.startswith("of "):
            return f"{name} {100 * self.value:,.2f} % {self.unit}"
        between = "on a scale of " if _ENDS.match(self.unit) else ""
        return f"{name} {figures(self.value)} {between}{self.unit}".rstrip()

    @property
    def ends(self) -> tuple[float, float] | None:
        """The worst and the best that it can be, by its unit; None where that has no two ends.

        >>> Score("accuracy", 0.5, "of texts", "", False).ends
        (0.0, 1.0)
        """
        found = _ENDS.match(self.unit)
        least, most = (0.0, 1.0) if self.unit.startswith("of ") else map(float, found.groups() if found else (0, 0))
        if least == most:
            return None
        return (most, least) if self.lower_is_better else (least, most)

    def is_silent_at(self, value: float | None) -> bool:
        """Say whether a value of it tells nothing of what was learned: none, not finite, or the worst there is."""
        return value is None or not np.isfinite(value) or (self.ends is not None and bool(value == self.ends[0]))

    def beats(self, value: float | None) -> bool:
        """Say whether this score is better than an earlier value, or than none at all. What is not finite never is."""
        if value is None or not np.isfinite(self.value):
            return bool(np.isfinite(self.value))
        return bool(self.value < value if self.lower_is_better else self.value > value)


class Metric(ABC):
    """Statistics of observations, which add, and a value of their sum.

    Because statistics add, scores of parts combine, and resampling works for every metric unchanged. The one
    exception says `adds = False`: its value is of one observation, and a sum of its statistics means nothing.
    """

    lower_is_better: ClassVar[bool]
    selects: ClassVar[bool] = True
    """Whether one end of it is the best, so that models can be chosen by it."""

    observation: ClassVar[type]  # which of the observations below it takes
    adds: ClassVar[bool] = True
    best: ClassVar[float] = 1.0  # where more is better, what there is at most
    unit: ClassVar[str] = ""  # of its value, where a task does not say it
    signature: ClassVar[str] = ""  # what it depends on, where that is not what scores of the same observations do

    @abstractmethod
    def statistics(self, observation: Any) -> np.ndarray:
        """Return the sufficient statistics of one observation, as a vector that adds."""

    @abstractmethod
    def value(self, statistics: np.ndarray) -> float:
        """Return the value of summed statistics.

        Raises:
            DataError: nothing was observed, or the value is not defined.
        """
