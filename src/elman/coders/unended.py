"""Texts as tokens without an end."""

from collections.abc import Sequence

import numpy as np

from elman.coders.tokens import TokensCoder
from elman.data.column import Column


class UnendedCoder(TokensCoder):
    """Texts of a line each, as ids of tokens, (B, U): what reads or writes them has another way to tell their end."""

    def encode(self, values: Sequence[str], places: Sequence[str] = ()) -> Column:
        """Return texts as ids.

        Raises:
            DataError: a value is no text.
        """
        ended = super().encode(values, places)
        return Column.of_rows(ended.row(row)[:-1] for row in range(len(values)))

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many tokens there are, and how many of them are unknown."""
        unknown = int(np.isin(column.values, self.tokens.unknown_ids).sum())
        return {self.unit: len(column.values), f"unknown {self.unit}": unknown}
