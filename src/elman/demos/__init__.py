"""Demonstrations: data of our own for each task, made or found on the spot, one a file."""

from elman.demos.base import Demo
from elman.registry import Registry

DEMOS: Registry[Demo] = Registry("elman.demos", "Demo", "demo")
