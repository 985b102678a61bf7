"""chrF."""

from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from elman.metrics.base import Metric, Written, ratio

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF


_STATISTICS = 18


class ChrfMetric(Metric):
    """How many n-grams of characters agree, n = 1 to 6, recall counting twice as much as precision; 0 to 100.

        chrF = 100 (1 + β²) P R / (β² P + R),    β = 2

    Source: Popović (2015), chrF: character n-gram F-score for automatic MT evaluation, WMT; computed by sacrebleu.
    """

    lower_is_better = False
    observation = Written
    best = 100.0

    @cached_property
    def _sacrebleu(self) -> "CHRF":
        from sacrebleu.metrics.chrf import CHRF  # a tenth of a second that other tasks need not wait

        return CHRF()

    def statistics(self, observation: Written) -> np.ndarray:
        """Return, for each n, how many n-grams there are on each side and how many agree."""
        if not observation.hypotheses:
            return np.zeros(_STATISTICS)
        references = [list(column) for column in zip_longest(*observation.references)]
        found = self._sacrebleu._extract_corpus_statistics(list(observation.hypotheses), references)
        return np.array(found, np.float64).sum(0)

    def value(self, statistics: np.ndarray) -> float:
        """Return chrF of summed statistics."""
        ratio(1, statistics[1], "characters")
        return float(self._sacrebleu._compute_score_from_stats(statistics.astype(int).tolist()).score)
