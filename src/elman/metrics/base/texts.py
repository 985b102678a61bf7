"""What metrics of texts share that were written."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any, ClassVar, NamedTuple

import numpy as np

from elman.metrics.base.metric import Metric
from elman.metrics.base.observations import Written, WrittenTokens
from elman.metrics.base.statistics import ratio


class TokensMetric(Metric):
    """A metric of the tokens of texts, of which each adds what it has."""

    observation = WrittenTokens
    counted: ClassVar[int] = 2
    """How many numbers it counts of a text."""

    @abstractmethod
    def counts(self, written: Sequence[str], references: Sequence[Sequence[str]]) -> Sequence[float]:
        """Return what is counted of one text, of which several may be right."""

    def statistics(self, observation: WrittenTokens) -> np.ndarray:
        """Return the sums over texts."""
        pairs = zip(observation.hypotheses, observation.references, strict=True)
        return np.array([[0] * self.counted, *(self.counts(*pair) for pair in pairs)], np.float64).sum(0)


class WrittenMetric(Metric):
    """A metric of texts that sacrebleu (Post, 2018, arXiv:1804.08771) computes, 0 to 100; more is better.

    What it counts of each text adds, and of the sum it makes the score.
    """

    lower_is_better = False
    observation = Written
    best = 100.0
    counted: ClassVar[int]
    """How many numbers it counts of a text."""

    @cached_property
    @abstractmethod
    def library(self) -> Any:
        """The metric of sacrebleu."""

    def statistics(self, observation: Written) -> np.ndarray:
        """Return what is counted of all texts, (C,)."""
        if not observation.hypotheses:
            return np.zeros(self.counted)
        references = [list(column) for column in zip_longest(*observation.references)]
        found = self.library._extract_corpus_statistics(list(observation.hypotheses), references)
        return np.array(found, np.float64).sum(0)

    def value(self, statistics: np.ndarray) -> float:
        """Return the score of summed statistics."""
        ratio(1, statistics[:2].max(), "texts")
        return float(self.library._compute_score_from_stats(statistics.astype(int).tolist()).score)


class TextMean(Metric):
    """The mean over texts of what each is worth beside those that would be right; more is better."""

    lower_is_better = False
    observation = Written

    @abstractmethod
    def worth(self, written: str, references: Sequence[str]) -> float:
        """Return what one text is worth, 0 to 1."""

    def statistics(self, observation: Written) -> np.ndarray:
        """Return the sum of what texts are worth, and how many texts there are."""
        pairs = list(zip(observation.hypotheses, observation.references, strict=True))
        return np.array([sum(self.worth(*pair) for pair in pairs), len(pairs)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "texts")


class Overlap(NamedTuple):
    """What two texts have in common.

    Args:
        common: how much.
        written: how much of that kind the text has that was written.
        there: how much the reference has.
    """

    common: int
    written: int
    there: int

    @property
    def f1(self) -> float:
        """2 common / (written + there); 0 where neither has anything."""
        return 2 * self.common / max(1, self.written + self.there)


class RougeMetric(TextMean):
    """The mean over texts of an F1 of words in common with the reference, 0 to 1; of several the best one counts.

    Words are runs of letters and digits in lower case, not stemmed.
    """

    unit = "0 to 1, mean of texts"
    signature = "case:lower|tok:letters and digits|stemmer:none|references:best"

    @abstractmethod
    def overlap(self, written: str, reference: str) -> Overlap:
        """Return what a text and its reference have in common."""

    def worth(self, written: str, references: Sequence[str]) -> float:
        """Return the largest F1 with a reference."""
        return max(self.overlap(written, one).f1 for one in references)
