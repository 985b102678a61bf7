"""The F1 of brackets: how much of a parse is right."""

from collections.abc import Sequence

import numpy as np

from elman.metrics.base import TokensMetric, ratio
from elman.text.brackets import parsed, punctuation, scored


class BracketF1Metric(TokensMetric):
    """How many parts of sentences have the right label and the right words, 0 to 1.

        F1 = 2 Σ right / (Σ brackets written + Σ brackets of the file)

    As evalb with COLLINS.prm: no parts of speech, no top, no functions, no punctuation; ADVP and PRT are one. What is
    written wrongly is mended and counted, not left out: `malformed_rate` says how often.

    Source: Black et al. (1991), A procedure for quantitatively comparing the syntactic coverage of English grammars;
    Collins (1997), arXiv:cmp-lg/9706022.
    """

    lower_is_better = False
    counted = 3
    unit = "0 to 1"
    signature = "evalb:COLLINS|broken:mended"

    def counts(self, written: Sequence[str], references: Sequence[Sequence[str]]) -> Sequence[float]:
        """Return brackets that are right, written, and there; of several references those of the nearest."""
        answer = parsed(" ".join(written))
        found = []
        for reference in references:
            true = parsed(" ".join(reference))
            signs = punctuation(true)
            left, right = scored(answer, signs), scored(true, signs)
            found.append([(left & right).total(), left.total(), right.total()])
        return max(found, key=lambda one: one[0] / max(1, one[1] + one[2]))

    def value(self, statistics: np.ndarray) -> float:
        """Return F1 of the sums."""
        right, written, there = statistics
        return ratio(2 * right, written + there, "brackets")
