"""Readers, one file format a file."""

from elman.data.readers.base import Reader
from elman.registry import Registry

READERS: Registry[Reader] = Registry("elman.data.readers", "Reader", "reader")
