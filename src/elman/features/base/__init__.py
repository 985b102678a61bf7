"""What features promise, and several of them after each other."""

from elman.features.base.extraction import Extraction
from elman.features.base.features import Features

__all__ = ["Extraction", "Features"]
