"""The states of a scorer by number: equal ones are one, however a search came to them."""

from typing import Any

import numpy as np

from elman.decoding.ctc.scorer import Scorer


class States:
    """The states that a search has met, 0 before any label.

    Args:
        scorer: whose states they are.
    """

    def __init__(self, scorer: Scorer) -> None:
        begin = scorer.begin()
        self._scorer = scorer
        self._values: list[Any] = [begin]
        self._numbers: dict[Any, int] = {begin: 0}

    def row(self, state: int) -> np.ndarray:
        """Return what each symbol adds behind a prefix, (V,) in nats; -inf forbids it."""
        return self._scorer.row(self._values[state])

    def after(self, state: int, symbol: int) -> int:
        """Return the state behind one more label."""
        value = self._scorer.after(self._values[state], symbol)
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number

    def end(self, state: int) -> float:
        """Return what the end of the text adds; -inf where it may not end here."""
        return self._scorer.end(self._values[state])
