"""How probability is taken from n-grams that were seen and given to those that were not."""

from elman.ngram.smoothing.base import Smoothing
from elman.registry import Registry

SMOOTHINGS: Registry[Smoothing] = Registry("elman.ngram.smoothing", "Smoothing", "smoothing")
