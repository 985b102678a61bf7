"""What metrics of spans share."""

import numpy as np

from elman.metrics.base.metric import Metric
from elman.metrics.base.observations import SpanCounts


class SpanMetric(Metric):
    """A metric of counts of spans; more is better.

    Source: conlleval (CoNLL-2000).
    """

    lower_is_better = False
    observation = SpanCounts

    def statistics(self, observation: SpanCounts) -> np.ndarray:
        """Return (correct, predicted, gold)."""
        return np.array(observation, dtype=np.float64)
