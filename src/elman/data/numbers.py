"""Numbers as files write them."""

import math


def finite(text: str) -> float | None:
    """Return the number that a text is; None if it is none, or not a finite one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
