"""Attention learns to write dates in another notation, and is asked for days that it has not seen."""

from datetime import date, timedelta
from random import Random

from elman.demos.base import Demo

_COUNT = 4000
_FIRST = date(1950, 1, 1)
_DAYS = 100 * 365
_NOTATIONS = ["%d %B %Y", "%B %d, %Y", "%A, %d %B %Y", "%d.%m.%Y", "%m/%d/%y", "%b %d %Y", "the %d of %B, %Y"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class SequenceDemo(Demo):
    """Dates as people write them, and as ISO 8601 has them."""

    ending = "tsv"
    settings = {
        "task.name": "seq2seq",
        "task.level": "character",
        "task.score": "exact_match",
        "model.hidden_size": 96,
        "model.dropout": 0.1,
        "model.label_smoothing": 0.0,
        "training.learning_rate": 0.005,
        "training.batch_size": 32,
        "training.steps": 2000,
        "reader.name": "table",
    }
    inputs = ("Tuesday, 13 March 2029", "the 01 of July, 1997", "February 29, 2024", "31.12.1999")

    def text(self) -> str:
        """Return the dates, one a line, in one notation and in the other."""
        draw, lines = Random(1), dict.fromkeys(["source\ttarget"])
        while len(lines) <= _COUNT:
            day = _FIRST + timedelta(days=draw.randrange(_DAYS))
            written = _written(day, draw.choice(_NOTATIONS))
            if written not in self.inputs:
                lines[f"{written}\t{day.isoformat()}"] = None
        return "\n".join(lines) + "\n"


def _written(day: date, notation: str) -> str:
    """Return a day in a notation of `strftime`, in English whatever the machine speaks."""
    month, weekday = _MONTHS[day.month - 1], _WEEKDAYS[day.weekday()]
    named = {"%B": month, "%b": month[:3], "%A": weekday, "%d": f"{day.day:02}", "%m": f"{day.month:02}"}
    for sign, text in {**named, "%Y": str(day.year), "%y": f"{day.year % 100:02}"}.items():
        notation = notation.replace(sign, text)
    return notation
