"""Sequences that are made and not collected, with what is to be answered to each of their steps: one kind a file."""

from elman.data.generators.base import Generator
from elman.registry import Registry

GENERATORS: Registry[Generator] = Registry("elman.data.generators", "Generator", "generator")
