"""Runs of one task side by side on the same data, and whether they differ."""
