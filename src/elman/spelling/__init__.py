"""Spelling correction: what was meant, given how people mistype and what a language model expects."""
