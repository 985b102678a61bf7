"""Connectionist temporal classification: from a distribution at each frame to the labels of a whole recording."""
