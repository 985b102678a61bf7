"""chrF."""

from functools import cached_property
from typing import TYPE_CHECKING

from elman.metrics.base import WrittenMetric

if TYPE_CHECKING:
    from sacrebleu.metrics.chrf import CHRF


class ChrfMetric(WrittenMetric):
    """How many n-grams of characters agree, n = 1 to 6, recall counting twice as much as precision; 0 to 100.

        chrF = 100 (1 + β²) P R / (β² P + R),    β = 2

    Source: Popović (2015), chrF: character n-gram F-score for automatic MT evaluation, WMT; computed by sacrebleu.
    """

    counted = 18

    @cached_property
    def library(self) -> "CHRF":
        """The metric of sacrebleu."""
        from sacrebleu.metrics.chrf import CHRF  # a tenth of a second that other tasks need not wait

        return CHRF()
