"""From rows of log-probabilities and a step function to sequences. No torch."""
