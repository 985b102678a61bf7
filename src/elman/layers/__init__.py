"""Layers: what stands between ids and hidden states."""
