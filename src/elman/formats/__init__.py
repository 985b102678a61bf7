"""What a text must be so that a machine can read it: one format a file."""

from elman.formats.base import Format
from elman.registry import Registry

FORMATS: Registry[Format] = Registry("elman.formats", "Format", "format")
