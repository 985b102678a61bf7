"""Metrics, one a file. A metric sees counts and sums, never a tensor."""

from elman.metrics.base import Metric
from elman.registry import Registry

METRICS: Registry[Metric] = Registry("elman.metrics", "Metric", "metric")
