"""A recurrence learns what comes next: how much is used at each hour of some weeks, as any meter tells."""

from math import pi, sin
from random import Random

from elman.demos.base import Demo

_DAYS = 120
_NOISE = 0.15


class ForecastDemo(Demo):
    """What a house uses, hour by hour: more by day, more in the evening, less on two days of seven."""

    ending = "csv"
    settings = {
        "task.name": "forecast",
        "model.hidden_size": 32,
        "training.learning_rate": 0.01,
        "reader.name": "timeline",
    }

    def text(self) -> str:
        """Return the table, an hour a line."""
        draw, rows = Random(1), ["use,warmth"]
        for hour in range(24 * _DAYS):
            day, of_day = divmod(hour, 24)
            warmth = 12 + 6 * sin(2 * pi * (of_day - 9) / 24) + 4 * sin(2 * pi * day / _DAYS) + draw.gauss(0, 1)
            evening = 1.5 if 17 <= of_day <= 21 else 0.0
            use = 1 + (0.4 if day % 7 > 4 else 1.0) * (max(0.0, sin(2 * pi * (of_day - 6) / 24)) + evening)
            rows.append(f"{use + draw.gauss(0, _NOISE):.2f},{warmth:.1f}")
        return "\n".join(rows) + "\n"
