"""What metrics share: the contract, what they observe, and what they count of that."""

from elman.metrics.base.metric import Metric, Score
from elman.metrics.base.observations import (
    BinaryScores,
    Decisions,
    Edits,
    Likelihood,
    Matches,
    Pairs,
    Quantiles,
    Scaled,
    SpanCounts,
    TypedSpans,
    Variants,
    Written,
    WrittenTokens,
)
from elman.metrics.base.spans import SpanMetric
from elman.metrics.base.statistics import (
    confusion,
    correlation,
    count_decisions,
    decisions_of,
    moments,
    pinball,
    ranks,
    ratio,
)
from elman.metrics.base.texts import Overlap, RougeMetric, TokensMetric, WrittenMetric

__all__ = [
    "BinaryScores",
    "Decisions",
    "Edits",
    "Likelihood",
    "Matches",
    "Metric",
    "Overlap",
    "Pairs",
    "Quantiles",
    "RougeMetric",
    "Scaled",
    "Score",
    "SpanCounts",
    "SpanMetric",
    "TokensMetric",
    "TypedSpans",
    "Variants",
    "Written",
    "WrittenMetric",
    "WrittenTokens",
    "confusion",
    "correlation",
    "count_decisions",
    "decisions_of",
    "moments",
    "pinball",
    "ranks",
    "ratio",
]
