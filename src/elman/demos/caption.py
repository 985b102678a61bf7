"""A recurrence looks at pictures and says what is on them: shapes in colours, as a pencil fills them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np

from elman.demos.base import Demo, put

_COUNT = 300
_SIDE = 16
_FOLDER = "drawn"
_COLOURS = {"red": (210, 40, 40), "green": (40, 160, 60), "blue": (50, 70, 210)}
_SHAPES = ("square", "circle", "cross")
_SPECKS = 4


class CaptionDemo(Demo):
    """Squares, circles and crosses in three colours, with three texts for each picture."""

    ending = "tsv"
    settings = {
        "task.name": "caption",
        "model.convolutions": [8, 16],
        "model.hidden_size": 48,
        "model.decoder": "bahdanau",
        "model.dropout": 0.0,
        "model.label_smoothing": 0.0,
        "training.learning_rate": 0.01,
        "training.batch_size": 16,
        "reader.name": "pictures",
    }

    def text(self) -> str:
        """Return the list, a line a text."""
        rows = (f"{name}\t{one}\n" for name, _, texts in _pictures() for one in texts)
        return "".join(["image\tcaption\n", *rows])

    def write(self, path: Path) -> None:
        """Write the list, and the pictures into a folder beside it.

        Raises:
            DataError: there is another file of such a name, or it cannot be written.
        """
        from PIL import Image  # only where pictures are made

        for name, drawn, _ in _pictures():
            content = BytesIO()
            Image.fromarray(drawn).save(content, "BMP")
            put(path.with_name(_FOLDER) / Path(name).name, content.getvalue())
        super().write(path)


def _pictures() -> Iterator[tuple[str, np.ndarray, list[str]]]:
    """Yield names, pictures (height, width, 3) and their texts."""
    draw = Random(1)
    for number in range(_COUNT):
        colour, shape = draw.choice(list(_COLOURS)), draw.choice(_SHAPES)
        size, across, down = draw.randint(2, 3), draw.randint(4, _SIDE - 5), draw.choice((4, _SIDE - 5))
        picture = np.full((_SIDE, _SIDE, 3), 245, np.uint8)
        rows, places = np.mgrid[:_SIDE, :_SIDE]
        picture[_inside(shape, abs(rows - down), abs(places - across), size)] = _COLOURS[colour]
        for _ in range(_SPECKS):
            picture[draw.randrange(_SIDE), draw.randrange(_SIDE)] = 200
        where = "top" if down < _SIDE // 2 else "bottom"
        texts = [
            f"a {colour} {shape} at the {where}",
            f"there is a {colour} {shape} at the {where}",
            f"the {shape} at the {where} is {colour}",
        ]
        yield f"{_FOLDER}/{number:03}.bmp", picture, texts


def _inside(shape: str, down: np.ndarray, across: np.ndarray, size: int) -> np.ndarray:
    """Return which places are inside a shape, by how far they are from its middle."""
    if shape == "circle":
        return down**2 + across**2 <= size**2
    square = np.maximum(down, across) <= size
    return square if shape == "square" else square & (np.minimum(down, across) < size // 2)
