"""Predictive typing: the words that a language model suggests while someone types."""
