"""Text that goes on from what was read."""

from typing import Any

import numpy as np

from elman.decoding.stepper import Stepper
from elman.decoding.until import Until


class After(Until):
    """A stepper whose rows go on where each input ended, with a token between them that is in no text.

    Args:
        stepper: predicts.
        states: after each input, its rows in the order of the inputs.
        between: the token that is read first.
        end: the token that ends a row.
        size: V, how many tokens can be predicted.
    """

    def __init__(self, stepper: Stepper, states: Any, between: int, end: int, size: int) -> None:
        super().__init__(stepper, end)
        self._states, self.start, self.size = states, between, size

    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state after each input."""
        return self._stepper.select(self._states, inputs)
