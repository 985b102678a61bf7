"""BLEU."""

from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from elman.metrics.base import Metric, Written, ratio

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU


_STATISTICS = 10


class BleuMetric(Metric):
    """How many n-grams of what was written are in the references, n = 1 to 4, and whether it is too short; 0 to 100.

        BLEU = 100 exp(min(0, 1 - r/c)) Π_n p_n^(1/4)

    r is the length of the references, c that of what was written, p_n the share of its n-grams that they have. Words
    are cut as by mteval-v13a, letters keep their case.

    Source: Papineni et al. (2002), BLEU: a method for automatic evaluation of machine translation, ACL; computed by
    sacrebleu (Post, 2018, arXiv:1804.08771), whose signature goes with it.
    """

    lower_is_better = False
    observation = Written
    best = 100.0

    @cached_property
    def _sacrebleu(self) -> "BLEU":
        from sacrebleu.metrics.bleu import BLEU  # a tenth of a second that other tasks need not wait

        return BLEU()

    def statistics(self, observation: Written) -> np.ndarray:
        """Return c, r, and for each n how many n-grams are right and how many there are."""
        if not observation.hypotheses:
            return np.zeros(_STATISTICS)
        references = [list(column) for column in zip_longest(*observation.references)]
        found = self._sacrebleu._extract_corpus_statistics(list(observation.hypotheses), references)
        return np.array(found, np.float64).sum(0)

    def value(self, statistics: np.ndarray) -> float:
        """Return BLEU of summed statistics."""
        ratio(1, statistics[1], "words")
        return float(self._sacrebleu._compute_score_from_stats(statistics.astype(int).tolist()).score)
