"""What answers questions about passages without learning to read, one a file."""

from elman.registry import Registry
from elman.tasks.base.guesses.base import Guess

GUESSES: Registry[Guess] = Registry("elman.tasks.base.guesses", "Guess", "guess")
