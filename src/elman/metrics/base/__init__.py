"""What a metric promises, and the observations and statistics that metrics share."""

from elman.metrics.base.metric import (
    Decisions,
    Likelihood,
    Matches,
    Metric,
    Pairs,
    Score,
    SpanCounts,
    SpanMetric,
    confusion,
    correlation,
    count_decisions,
    decisions_of,
    moments,
    ratio,
)
from elman.metrics.base.texts import Edits, Overlap, RougeMetric, TokensMetric, Written, WrittenMetric, WrittenTokens

__all__ = [
    "Decisions",
    "Edits",
    "Likelihood",
    "Matches",
    "Metric",
    "Overlap",
    "Pairs",
    "RougeMetric",
    "Score",
    "SpanCounts",
    "SpanMetric",
    "TokensMetric",
    "Written",
    "WrittenMetric",
    "WrittenTokens",
    "confusion",
    "correlation",
    "count_decisions",
    "decisions_of",
    "moments",
    "ratio",
]
