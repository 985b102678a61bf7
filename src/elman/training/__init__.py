"""Training: what learns, and the loop that drives it."""
