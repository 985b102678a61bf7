"""The soak: kills at every place, writes that fail, files that nobody would write: `make soak`, docs/reliability.md."""
