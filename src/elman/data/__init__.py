"""From files to batches: readers, records, batching and the token store. No torch."""
