"""What `elman benchmark` measures: compiled recurrences against PyTorch's own, interleaved on this machine."""
