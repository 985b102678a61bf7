"""Units and currencies beside numbers: `100.0 kWh`, `$100`, `45%`."""

import re
from collections import Counter
from collections.abc import Sequence

from elman.data.numbers import finite

_CODES = (
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MXN MYR NGN NOK NZD "
    "PEN PHP PKR PLN RMB RON RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR"
)
"""Currencies by their codes (ISO 4217), traded most: other capitals before a number are a name, `SUB01`."""

_CURRENCY = rf"[A-Z]{{0,3}}[$€£¥₹₽₩]|(?:{'|'.join(_CODES.split())})"
_NUMBER = r"[+-]?\d(?:[\d., '\u00a0\u2009\u202f\u2019]*\d)?"
_BESIDE = re.compile(
    rf"(?P<sign>-?)(?P<before>{_CURRENCY})?\s*(?P<number>{_NUMBER})\s*"
    r"(?P<after>[^\d\s.,:;\-/]\D{0,10}\d?)?"
)
_MOST = 0.9

_MONTHS = re.compile(
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    r"|dec(ember)?)\.?"
)
_ORDINALS = ("st", "nd", "rd", "th")


def beside(text: str) -> tuple[str, str] | None:
    """Return a number without what stands beside it, and that; None where nothing does, or it is no number.

    >>> beside("100.0 kWh"), beside("$1,234.50"), beside("45%"), beside("12.5"), beside("B12")
    (('100.0', 'kWh'), ('1,234.50', '$'), ('45', '%'), None, None)
    >>> beside("SUB01"), beside("5th"), beside("12 Jan")
    (None, None, None)
    """
    found = _BESIDE.fullmatch(text.strip())
    if found is None or finite(text) is not None or not (found["before"] or found["after"]):
        return None
    after = (found["after"] or "").strip().lower()
    if after in _ORDINALS or _MONTHS.fullmatch(after) or (found["sign"] and found["number"][0] in "+-"):
        return None
    return found["sign"] + found["number"], (found["before"] or found["after"]).strip()


def unit_of(cells: Sequence[str]) -> str:
    """Return what stands beside the numbers of a column, the same beside nearly all; empty where nothing does."""
    there = [cell for cell in cells if cell.strip()]
    units = Counter(found[1] for cell in there if (found := beside(cell)))
    unit, count = units.most_common(1)[0] if units else ("", 0)
    return unit if count >= _MOST * len(there) else ""
