"""What a model is worth on some data: scores, where they come from, and what they are made of."""
