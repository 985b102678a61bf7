"""What `elman.load` returns."""
