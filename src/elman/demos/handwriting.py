"""A recurrence learns to write: letters of a few straight strokes, side by side, to the text that is given."""

import json
from random import Random

from elman.demos.base import Demo

_COUNT = 600
_STEP = 2.0
_SHAKE = 0.15
_LETTERS = {
    "i": [[(0, 4), (0, 0)]],
    "l": [[(0, 8), (0, 0), (3, 0)]],
    "t": [[(2, 8), (2, 0)], [(0, 6), (4, 6)]],
    "v": [[(0, 4), (2, 0), (4, 4)]],
    "n": [[(0, 0), (0, 4), (4, 4), (4, 0)]],
    "z": [[(0, 4), (4, 4), (0, 0), (4, 0)]],
    "o": [[(0, 0), (0, 4), (4, 4), (4, 0), (0, 0)]],
}
"""The corners of each stroke of a letter, y upwards."""


class HandwritingDemo(Demo):
    """Words of seven letters, written with a hand that is not quite still."""

    ending = "jsonl"
    settings = {
        "task.name": "handwriting",
        "model.hidden_size": 64,
        "model.components": 5,
        "model.window": 4,
        "training.learning_rate": 0.005,
        "training.batch_size": 8,
        "training.steps": 600,
        "reader.name": "jsonl_series",
    }

    def text(self) -> str:
        """Return the words and how each was written, an object a line."""
        draw = Random(1)
        words = ["".join(draw.choice(list(_LETTERS)) for _ in range(draw.randint(2, 5))) for _ in range(_COUNT)]
        return "".join(json.dumps({"text": word, "strokes": _written(word, draw)}) + "\n" for word in words)


def _written(word: str, draw: Random) -> list[list[float]]:
    """Return the steps of a pen that writes a word: dx, dy, downwards, and 1 where it is lifted."""
    steps: list[list[float]] = []
    x = y = left = 0.0
    for letter in word:
        for stroke in _LETTERS[letter]:
            for place, (across, up) in enumerate(stroke):
                far = left + across - x, -up - y
                parts = max(1, round((far[0] ** 2 + far[1] ** 2) ** 0.5 / _STEP)) if place else 1
                for _ in range(parts):
                    step = far[0] / parts + draw.gauss(0, _SHAKE), far[1] / parts + draw.gauss(0, _SHAKE)
                    steps.append([round(step[0], 2), round(step[1], 2), 0.0])
                    x, y = x + steps[-1][0], y + steps[-1][1]
            steps[-1][2] = 1.0
        left += max(across for stroke in _LETTERS[letter] for across, _ in stroke) + 2
    return [[dx, dy, int(up)] for dx, dy, up in steps]
