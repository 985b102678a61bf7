"""Language models side by side on one text, and whether they differ."""
