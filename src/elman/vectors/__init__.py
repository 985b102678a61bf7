"""Word vectors without torch."""
