"""How many answers are exactly right."""

from collections.abc import Sequence

from elman.metrics.base import TextMean
from elman.text.rules import exactly_matches


class ExactMatch(TextMean):
    """How many texts equal one that would be right, without case, ASCII punctuation, articles and double blanks.

    Source: Rajpurkar et al. (2016), arXiv:1606.05250; evaluate-v1.1.py.
    """

    unit = "of texts"
    signature = "rules:squad-v1.1"

    def worth(self, written: str, references: Sequence[str]) -> float:
        """Return 1 where it equals one, else 0."""
        return float(exactly_matches(written, references))
