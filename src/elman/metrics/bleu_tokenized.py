"""BLEU of texts that are tokenized."""

from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from elman.metrics.base import WrittenMetric

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU


class BleuTokenizedMetric(WrittenMetric):
    """BLEU of words as they stand between blanks, 0 to 100: of files that are tokenized, in their convention.

    It is no number to hold against BLEU of raw text.

    Source: Papineni et al. (2002), BLEU: a method for automatic evaluation of machine translation, ACL; computed by
    sacrebleu (Post, 2018, arXiv:1804.08771) with tokenize none.
    """

    counted = 10
    unit = "0 to 100"
    signature = f"case:mixed|tok:none|smooth:exp|sacrebleu:{version('sacrebleu')}"

    @cached_property
    def library(self) -> "BLEU":
        """The metric of sacrebleu."""
        from sacrebleu.metrics.bleu import BLEU  # a tenth of a second that other tasks need not wait

        return BLEU(tokenize="none", force=True)
