"""n-gram language models: counting, smoothing, ARPA files, lookup."""
