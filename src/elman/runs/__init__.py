"""A run folder: its configuration, log, checkpoints and weights. No torch."""
