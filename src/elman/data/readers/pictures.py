"""Pictures: lines of writing and drawings, with a label or a text for each."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from elman.data.media import MediaReader
from elman.data.recordings import Medium, Recording
from elman.errors import DataError

_LOWEST, _WIDEST = 8, 10_000
_SHOWN = 3


class PicturesReader(MediaReader):
    """Yields the field `frames`, a picture, with `labels`, a text or several captions beside it.

    A source is a folder, with a folder a class or with files that begin with their label (`cat_1.png`); such files
    themselves; or a list, a line a file: its name, and its label or text, with a tab or a comma between. Lines of
    one picture are its captions, wherever they stand. What is transparent is white.
    """

    class Config(MediaReader.Config):
        """Options of pictures."""

        name: str = "pictures"

    config: Config
    endings = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
    things = "pictures"
    reads: ClassVar[str] = "PNG, JPEG, TIFF, BMP"

    def __init__(self, config: Any, fields: Any = ("text",)) -> None:
        super().__init__(config, fields)
        self._told: dict[str, int] = {}

    def record(self, path: Path) -> Recording | None:
        """Return a picture; one that is too low, too wide, or of one colour is told, and None if it is to be learned.

        Raises:
            DataError: it cannot be read.
        """
        light = _light(path)
        height, width = light.shape[:2]
        what = ""
        if height < _LOWEST:
            what = f"pictures lower than {_LOWEST} places"
        elif width > _WIDEST:
            what = f"pictures wider than {_WIDEST:,} places"
        elif (light == light[0, 0]).all():
            what = "pictures of one colour"
        if not what:
            return Recording(light, Medium.PICTURE)
        self._told[what] = self._told.get(what, 0) + 1
        shown = self._told[what] <= _SHOWN
        if self.answers:
            if shown:
                self.remark(f"{path.name}: one of the {what}, which training leaves out: its answer means little")
            return Recording(light, Medium.PICTURE)
        self.skipped[what] += 1
        if shown:
            self.remark(f"left out: {path.name}: one of the {what}")
        return None


def _light(path: Path) -> np.ndarray:
    """Return how light each place of a picture is, 0 to 255, (height, width); with colours (height, width, 3).

    Raises:
        DataError: it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError  # only where there is a picture

    try:
        with Image.open(path) as picture:
            if picture.mode.startswith("I;16") or picture.mode == "I":
                return (np.asarray(picture, np.float64) / 257).round().clip(0, 255).astype(np.uint8)
            if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
                layer = picture.convert("RGBA")
                whole = Image.new("RGBA", layer.size, "white")
                whole.alpha_composite(layer)
                return _without_grey_colours(np.asarray(whole.convert("RGB")))
            return (
                np.asarray(picture.convert("L"))
                if picture.mode in ("1", "L")
                else _without_grey_colours(np.asarray(picture.convert("RGB")))
            )
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        why = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
        raise DataError(
            f"{path}: cannot be read as a picture: {why}. What is read: {PicturesReader.reads}. Leave it out, or save "
            "it anew."
        ) from error


def _without_grey_colours(picture: np.ndarray) -> np.ndarray:
    """Return a picture without its colours, if they are the same everywhere."""
    return picture[..., 0] if (picture == picture[..., :1]).all() else picture
