"""`python -m elman`."""

from elman.cli.main import entry

entry()
