"""Numbers of a view, as JSON and as words."""

from typing import Any

import numpy as np


def listed(values: Any) -> Any:
    """Return an array or tensor as lists with ten digits each; what is no number is None."""
    array = np.asarray(values, np.float64)
    if array.ndim:
        return [listed(one) for one in array]
    return float(f"{array:.10g}") if np.isfinite(array) else None


def brief(value: float) -> str:
    """Return a number in three digits, or as a power of ten where it is far from 1."""
    if not np.isfinite(value):
        return "-" if np.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == 0:
        return "0"
    size = abs(value)
    return f"{value:.1e}" if size >= 1e5 or size < 1e-3 else f"{value:,.0f}" if size >= 100 else f"{value:.3g}"
