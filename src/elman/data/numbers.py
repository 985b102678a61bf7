"""Numbers as files write them."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

_DECIMAL = re.compile(r"[+-]?\d*([.,])\d+(?:[eE][+-]?\d+)?|[+-]?\d+([.,])")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d*)?")
_APART = re.compile(r"[+-]?\d{1,3}(?:[ '\u00a0\u2009\u202f\u2019]\d{3})+(?:[.,]\d*)?")
_NOT_WRITTEN = re.compile(r"[^\d.,+-]")
_OTHER = {".": ",", ",": "."}
_NAMES = {".": "points", ",": "commas", "": "blanks or apostrophes"}


def finite(text: str) -> float | None:
    """Return the number that a text is; None if it is none, or not a finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Shape(NamedTuple):
    """What a number with points or commas in it says of them.

    Args:
        decimal: what stands before its decimals, if it has several marks, or one that can be nothing else.
        between: what stands between its thousands, or may do so, where `decimal` is empty: `1.234`.
        three: whether it has three decimals, as many as follow a mark between thousands.
    """

    decimal: str
    between: str = ""
    three: bool = False


class Decimals:
    """Reads the numbers of one file: `.` or `,` stands before decimals, and the other one between thousands.

    `1.234,5`, `1,5` and `1.234.567` say which is which. `1.234` does not: it has decimals where no other number says
    anything. Blanks and apostrophes may always stand between thousands.

    Args:
        decimal: what stands before decimals; empty: what the numbers say.
        alone: what may stand before decimals where no number says more than `1,234` does.
    """

    def __init__(self, decimal: str = "", alone: str = ".,") -> None:
        self._mark, self._alone = decimal, alone
        self._sure = self._grouped = bool(decimal)
        self._three = False
        self._first = self._thousands = self._between = ""

    def look(self, cells: Iterable[str]) -> "Decimals":
        """Learn from numbers of the file, before they are read, what stands before decimals; return itself."""
        every = list(cells)
        if not self._sure and any("," in one or one.count(".") > 1 for one in every):  # else points are as usual
            for one in every:
                if (shape := _shape(_closed(one))) is not None and shape.decimal:
                    self._takes(shape)
        return self

    def finite(self, text: str) -> float | None:
        """Return the number that a text is; None if it is none, not a finite one, or has other marks than before."""
        if self._mark == "." and self._sure and text[-4:-3] != "." and (value := finite(text)) is not None:
            return value  # as most are
        written = _closed(text)
        shape = _shape(written)
        if shape is None:
            value = finite(written)
            apart = written != text.strip()
        elif not self._takes(shape):
            return None
        else:
            value = finite(written.replace(_OTHER[self._mark], "").replace(self._mark, "."))
            apart = written != text.strip() or _OTHER[self._mark] in written
        if value is None:
            return None
        if apart:
            self._thousands = self._thousands or text.strip()
            self._between = self._between or (shape.between if shape else "")
        elif shape is not None:
            self._first = self._first or written
        return value

    def _takes(self, shape: Shape) -> bool:
        """Say whether a number with marks is one in this file, and keep what it says of them."""
        if shape.decimal:
            if self._mark not in ("", shape.decimal):
                return False
            self._mark, self._sure = shape.decimal, True
            self._grouped, self._three = self._grouped or bool(shape.between), self._three or shape.three
            return True
        if not self._mark and shape.between in self._alone:
            self._mark = shape.between
        if shape.between == self._mark:
            return True
        return bool(self._mark) and (self._grouped or (self._sure and not self._three))

    @property
    def decided(self) -> str:
        """What stands before decimals, where points or commas stand between thousands; else nothing."""
        return self._mark if self._between else ""

    @property
    def expected(self) -> str:
        """What a number is in this file."""
        return f"a number, with decimals as in {self._first} before" if self._first else "a number"

    def mend(self, text: str) -> str:
        """Return which mark before decimals would make a number of a text that is none here; empty where none does."""
        shape = _shape(_closed(text))
        if shape is None or (shape.decimal and self._sure):
            return ""
        return shape.decimal or self._mark or _OTHER[shape.between]

    @staticmethod
    def is_written(text: str) -> bool:
        """Say whether a text is a number with points or commas, whichever of them stands before decimals."""
        written = _closed(text)
        return _shape(written) is not None and any(Decimals(mark).finite(written) is not None for mark in _OTHER)

    @property
    def remark(self) -> str:
        """What to tell the user of commas and thousands; nothing where there are none."""
        if self._thousands:
            plain = _closed(self._thousands).replace(self._between, "").replace(",", ".")
            return f"{_NAMES[self._between]} stand between thousands: {self._thousands} is {plain}"
        point = self._first.replace(",", ".")
        return f"decimals stand behind commas: {self._first} is {point}" if "," in self._first else ""


def _closed(text: str) -> str:
    """Return a number without blanks and apostrophes between its thousands."""
    written = text.strip()
    return _NOT_WRITTEN.sub("", written) if _APART.fullmatch(written) else written


def _shape(written: str) -> Shape | None:
    """Return what a number says of its marks; None if it has none, or is no number."""
    grouped = _GROUPED.fullmatch(written)
    if grouped is not None:
        mark = grouped[1]
        several = written.count(mark) > 1 or _OTHER[mark] in written
        return Shape(_OTHER[mark] if several else "", mark)
    found = _DECIMAL.fullmatch(written)
    if found is None:
        return None
    mark = found[1] or found[2]
    return Shape(mark, "", bool(re.search(r"[.,]\d{3}$", written)))
