"""Letters, each as often as the first."""

import numpy as np
from pydantic import Field

from elman.data.generators.base import Generator, Made, silent


class Counters(Generator):
    """aⁿbⁿ, aⁿbⁿcⁿ and so on: which letter comes next, or the end, from where that can be known.

    A step is one-hot: the letter that is read. How many letters a come nobody knows, so that nothing is asked before
    the first b; from there on every letter, and the end after the last, follows from what was read.

    Source: Gers & Schmidhuber (2001), LSTM recurrent networks learn simple context-free and context-sensitive
    languages.
    """

    class Config(Generator.Config):
        """Options of counted letters."""

        length: tuple[int, int] = Field((1, 20), description="The smallest and the largest n, drawn alike.")
        letters: int = Field(2, ge=2, le=26, description="How many letters.")

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return n steps a letter."""
        letters = self.config.letters
        word = np.repeat(np.arange(letters), length)
        steps = np.eye(letters, dtype=np.float32)[word]
        bits = silent(len(word), letters + 1)
        bits[length:] = np.eye(letters + 1, dtype=np.float32)[np.append(word[length + 1 :], letters)]
        return Made(steps, bits)
