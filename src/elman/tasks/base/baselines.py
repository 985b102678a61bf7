"""Models without gradients that say what is easy."""

from collections.abc import Sequence
from typing import NamedTuple


class Baselines(NamedTuple):
    """Models without gradients, by what they know; of each kind the simplest first.

    Args:
        frequencies: nothing but how often answers are given: nobody wants one for itself.
        learned: what goes with which answer: one may be all that is needed.
    """

    frequencies: Sequence[str] = ()
    learned: Sequence[str] = ()

    @property
    def every(self) -> list[str]:
        """All of them."""
        return [*self.frequencies, *self.learned]
