"""What features promise."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from elman import config as configuration
from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import DataError


class Features(ABC):
    """One way from a recording to frames, or from frames to others. It has no weights and draws nothing.

    Args:
        config: its options.
    """

    class Config(configuration.Config):
        """Options of features."""

    takes: ClassVar[Medium] = Medium.NUMBERS
    """What it is computed from; what comes out are always numbers over time."""

    scale: ClassVar[Scale | None] = Scale.EACH
    """How its frames are standardised; None: as those that it is computed from."""

    whole: ClassVar[bool] = False
    """Whether a frame depends on all of its recording, so that none is there before its end."""

    def __init__(self, config: Any) -> None:
        self.config = config

    def settled(self, first: Recording) -> Self:
        """Return the features with what the first recording of the training part decides, such as the rate."""
        return self

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return what the numbers of a frame are called, of frames whose numbers are; empty where nobody says it."""
        return ()

    @property
    def speaker(self) -> str:
        """What finds the name of a speaker in where a recording stands; empty where others of the same do not count."""
        return ""

    @property
    def shape(self) -> Sequence[int]:
        """The shape of a frame whose numbers lie side by side in more than one way; empty of any other."""
        return ()

    @abstractmethod
    def __call__(self, recording: Recording) -> np.ndarray:
        """Return the frames of a recording, (T, F); NaN where a number is missing.

        Raises:
            DataError: it cannot be such a recording; the message begins with what is wrong.
        """

    def check(self, recording: Recording) -> None:
        """Refuse what is of another medium.

        Raises:
            DataError: so it is.
        """
        if recording.medium is not self.takes:
            name = type(self).__module__.rpartition(".")[2]
            raise DataError(
                f"got {recording.medium.value}, expected {self.takes.value}, of which features {name} are computed. "
                "Give other files, or train with other task.features."
            )
