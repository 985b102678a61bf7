"""What decoders work on: a step function over rows of numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np

Advance = Callable[[np.ndarray, Any], tuple[np.ndarray, Any]]
"""`(ids (B,), state) -> (log-probabilities in nats (B, V), state)`."""

Select = Callable[[Any, np.ndarray], Any]
"""`(state, rows) -> state` of those rows."""
