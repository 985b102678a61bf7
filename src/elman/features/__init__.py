"""How frames are computed from recordings, one way a file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from elman.data.recordings import Medium
from elman.registry import Registry

if TYPE_CHECKING:
    from elman.features.base import Features

FEATURES: "Registry[Features]" = Registry("elman.features", "Features", "feature")

USUAL: Mapping[Medium, str] = {
    Medium.SOUND: "log_mel",
    Medium.PICTURE: "image_columns",
    Medium.PEN: "pen_deltas",
    Medium.NUMBERS: "numbers",
}
"""What suits each medium, where nothing is said."""
