"""What a model says to one input: a value, one line for a person, facts for JSON; one kind of answer a file."""
