"""Numbers as files write them."""

import math
import re

_DECIMAL = re.compile(r"[+-]?\d*([.,])\d+(?:[eE][+-]?\d+)?|[+-]?\d+([.,])")


def finite(text: str) -> float | None:
    """Return the number that a text is; None if it is none, or not a finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Decimals:
    """Reads the numbers of one file, whose decimals stand behind a point, or behind a comma: `1,5`; never both.

    Args:
        commas: whether they may stand behind a comma, which does not stand between columns then.
    """

    def __init__(self, commas: bool = True) -> None:
        self._commas = commas
        self._mark = self._first = ""

    def finite(self, text: str) -> float | None:
        """Return the number that a text is; None if it is none, not a finite one, or has another mark than before."""
        written = text.strip()
        found = _DECIMAL.fullmatch(written)
        if found is None or not self._commas:
            return finite(written)
        mark = found[1] or found[2]
        if self._mark and mark != self._mark:
            return None
        self._mark, self._first = mark, self._first or written
        return finite(written.replace(",", "."))

    @property
    def expected(self) -> str:
        """What a number is in this file."""
        return f"a number, with decimals as in {self._first} before" if self._first else "a number"

    @property
    def remark(self) -> str:
        """What to tell the user of commas; nothing where there are none."""
        point = self._first.replace(",", ".")
        return f"decimals stand behind commas: {self._first} is {point}" if self._mark == "," else ""
