"""The answers of which one is to be chosen, and what they are called."""

LETTERS = ("A", "B", "C", "D")
"""What the answers of a question are called, in their order."""

CHOICES = tuple(f"choice_{letter.lower()}" for letter in LETTERS)
"""The fields of a batch that have their words."""
