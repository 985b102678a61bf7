"""F1 of spans, averaged over their types."""

import numpy as np

from elman.metrics.base import Metric, TypedSpans, ratio


class SpanMacroF1(Metric):
    """How well spans of each type are found, every type counting the same, however rare it is.

        F1_k = 2 correct_k / (predicted_k + gold_k)
        macro F1 = 1/K Σ_k F1_k

    The mean is over the K types that occur, in the truth or in the predictions.

    Source: the counts of conlleval (CoNLL-2000); the mean of Yang & Liu (1999).
    """

    lower_is_better = False
    observation = TypedSpans
    unit = "of types"

    def statistics(self, observation: TypedSpans) -> np.ndarray:
        """Return correct, predicted and gold of each type, one after the other: (3 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean of the types that occur."""
        correct, predicted, gold = statistics.reshape(3, -1)
        whole = predicted + gold
        occurs = whole > 0
        return ratio((2 * correct[occurs] / whole[occurs]).sum(), int(occurs.sum()), "types")
