"""From the log of a run to something to look at. No torch."""
