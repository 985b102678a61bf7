"""Items, one of which is shown again: the one behind it is asked."""

import numpy as np
from pydantic import Field

from elman.data.generators.base import Generator, Made, silent


class Recall(Generator):
    """Associative recall: items of several vectors each, a mark before each; then one of them between two query marks.

    The item that came after it is to be written, so that the last one is never asked for.

    Source: Graves et al. (2014), arXiv:1410.5401, section 4.3.
    """

    class Config(Generator.Config):
        """Options of associative recall."""

        length: tuple[int, int] = Field((2, 6), description="The fewest and the most items, drawn alike.")
        vectors: int = Field(3, ge=1, le=1024, description="Vectors of an item.")
        width: int = Field(6, ge=1, le=1024, description="Bits of a vector.")

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return (n + 1) (v + 1) + 1 + v steps of n items; one item is made two, so that there is a next one."""
        size, width, count = self.config.vectors, self.config.width, max(2, length)
        items = draw.integers(0, 2, (count, size, width)).astype(np.float32)
        query = int(draw.integers(count - 1))
        asked = items[query + 1]
        rows = (count + 1) * (size + 1) + 1
        steps = np.zeros((rows + size, width + 2), np.float32)
        shown = np.concatenate([items, items[query : query + 1]])
        for place, item in enumerate(shown):
            start = place * (size + 1)
            steps[start, width + (place == count)] = 1
            steps[start + 1 : start + 1 + size, :width] = item
        steps[rows - 1, width + 1] = 1
        return Made(steps, np.concatenate([silent(rows, width), asked]))
