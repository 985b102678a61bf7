"""Units and currencies beside numbers: `100.0 kWh`, `$100`, `45%`."""

import re
from collections import Counter
from collections.abc import Sequence

from elman.data.numbers import finite

_CURRENCY = r"[$€£¥₹₽₩]|[A-Z]{2,3}[$€£¥]?"
_NUMBER = r"[+-]?\d(?:[\d., '\u00a0\u2009\u202f\u2019]*\d)?"
_BESIDE = re.compile(
    rf"(?P<sign>-?)(?P<before>{_CURRENCY})?\s*(?P<number>{_NUMBER})\s*"
    r"(?P<after>[^\d\s.,:;\-/]\D{0,10}\d?)?"
)
_MOST = 0.9


def beside(text: str) -> tuple[str, str] | None:
    """Return a number without what stands beside it, and that; None where nothing does, or it is no number.

    >>> beside("100.0 kWh"), beside("$1,234.50"), beside("45%"), beside("12.5"), beside("B12")
    (('100.0', 'kWh'), ('1,234.50', '$'), ('45', '%'), None, None)
    """
    found = _BESIDE.fullmatch(text.strip())
    if found is None or finite(text) is not None or not (found["before"] or found["after"]):
        return None
    return found["sign"] + found["number"], (found["before"] or found["after"]).strip()


def unit_of(cells: Sequence[str]) -> str:
    """Return what stands beside the numbers of a column, the same beside nearly all; empty where nothing does."""
    there = [cell for cell in cells if cell.strip()]
    units = Counter(found[1] for cell in there if (found := beside(cell)))
    unit, count = units.most_common(1)[0] if units else ("", 0)
    return unit if count >= _MOST * len(there) else ""
