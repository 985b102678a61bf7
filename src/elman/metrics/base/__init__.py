"""What metrics share: the contract, what they observe, and what they count of that."""

from elman.metrics.base.metric import Metric, Score
from elman.metrics.base.observations import Decisions, Edits, Likelihood, Matches, Pairs, SpanCounts, Written
from elman.metrics.base.spans import SpanMetric
from elman.metrics.base.statistics import confusion, correlation, count_decisions, decisions_of, moments, ratio
from elman.metrics.base.texts import Overlap, RougeMetric, WrittenMetric

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
    "Written",
    "WrittenMetric",
    "confusion",
    "correlation",
    "count_decisions",
    "decisions_of",
    "moments",
    "ratio",
]
