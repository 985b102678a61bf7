"""What is written survives a kill or a full disk, whatever it is."""
