"""BLEU."""

from functools import cached_property
from typing import TYPE_CHECKING

from elman.metrics.base import WrittenMetric

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU


class BleuMetric(WrittenMetric):
    """How many n-grams of what was written are in the references, n = 1 to 4, and whether it is too short; 0 to 100.

        BLEU = 100 exp(min(0, 1 - r/c)) Π_n p_n^(1/4)

    r is the length of the references, c that of what was written, p_n the share of its n-grams that they have. Words
    are cut as by mteval-v13a, letters keep their case.

    Source: Papineni et al. (2002), BLEU: a method for automatic evaluation of machine translation, ACL; computed by
    sacrebleu (Post, 2018, arXiv:1804.08771), whose signature goes with it.
    """

    counted = 10

    @cached_property
    def library(self) -> "BLEU":
        """The metric of sacrebleu."""
        from sacrebleu.metrics.bleu import BLEU  # a tenth of a second that other tasks need not wait

        return BLEU(force=True)  # that texts are tokenized is for the check of the data to tell
