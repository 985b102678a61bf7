"""The commands: each file holds a function `command`, and its stem is the command's name."""
