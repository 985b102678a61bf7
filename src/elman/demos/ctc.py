"""A recurrence learns to write down what is played: a tone for each letter, in chords, with noise and pauses."""

import json
from random import Random

from elman.demos.base import Demo

_COUNT = 700
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_LETTERS = "efghinorstuvwxz "
_BANDS = 8
_NOISE = 0.3


class TranscriptionDemo(Demo):
    """Numbers that are played, one chord of two tones a letter, as the loudness of eight bands over time."""

    ending = "jsonl"
    settings = {
        "task.name": "ctc",
        "model.hidden_size": 64,
        "model.num_layers": 1,
        "model.dropout": 0.1,
        "training.learning_rate": 0.01,
        "training.batch_size": 8,
        "training.steps": 150,
        "reader.name": "jsonl_series",
    }

    def text(self) -> str:
        """Return the recordings, an object a line."""
        draw = Random(1)
        texts = [" ".join(draw.choice(_WORDS) for _ in range(draw.randint(1, 4))) for _ in range(_COUNT)]
        return "".join(json.dumps({"text": text, "loudness": _played(text, draw)}) + "\n" for text in texts)


def _played(text: str, draw: Random) -> list[list[float]]:
    """Return how loud each band is at each frame: every letter sounds for some frames, and mostly a pause follows."""
    frames = []
    for letter in text:
        number = _LETTERS.index(letter)
        chord = {number % 4, 4 + number // 4}  # a tone of four low ones with one of four high ones
        for _ in range(draw.randint(4, 7)):
            frames.append([band in chord for band in range(_BANDS)])
        for _ in range(draw.randint(0, 3)):
            frames.append([False] * _BANDS)
    return [[round(on + draw.gauss(0, _NOISE), 2) for on in frame] for frame in frames]
