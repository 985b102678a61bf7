"""Rows with commas between their values, as many in each."""

import csv

from elman.files.delimited import DelimitedRows
from elman.formats.base import Format


class Csv(Format):
    """Rows of two values or more, as many in each; a value with commas, quotes or line ends stands between quotes.

    Source: Shafranovich (2005), Common format and MIME type for comma-separated values, RFC 4180.
    """

    def fault(self, text: str) -> str:
        """Return what is wrong with the quotes first, else whether rows have different lengths, or one value."""
        try:
            widths = {len(row) for row in DelimitedRows(text.splitlines(keepends=True), strict=True)}
        except csv.Error as error:
            return str(error).partition(" (")[0]
        if len(widths) > 1:
            return "rows of different lengths"
        return "one value a row" if widths == {1} else ""
