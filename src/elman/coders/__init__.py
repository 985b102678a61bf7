"""Coders: one way a field of the data becomes numbers and back, one a file. No torch."""

from elman.coders.base import Coder
from elman.registry import Registry

CODERS: Registry[Coder] = Registry("elman.coders", "Coder", "coder")
