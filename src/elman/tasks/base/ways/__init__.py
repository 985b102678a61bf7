"""Ways in which questions about passages are answered, one a file."""

from elman.registry import Registry
from elman.tasks.base.ways.base import Way as Way

WAYS: Registry[Way] = Registry("elman.tasks.base.ways", "Way", "way of answering")
