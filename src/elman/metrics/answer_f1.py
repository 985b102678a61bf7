"""How many words answers share with those that are right."""

from collections.abc import Sequence

from elman.metrics.base import TextMean
from elman.text.rules import overlap_f1


class AnswerF1(TextMean):
    """The F1 of the words of each text with those of the nearest one that would be right, mean over texts.

        1/N Σ_n max_g 2 c_ng / (|a_n| + |g|),    c words in common;  0 where there is none, of two empty texts too

    Words are compared without case, ASCII punctuation and articles.

    Source: Rajpurkar et al. (2016), arXiv:1606.05250; evaluate-v1.1.py.
    """

    unit = "of words"
    signature = "rules:squad-v1.1"

    def worth(self, written: str, references: Sequence[str]) -> float:
        """Return the F1 with the nearest one."""
        return overlap_f1(written, references)
