"""What an experiment promises."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from elman import config
from elman.lab.outcome import Found, Place


class Experiment(ABC):
    """One figure, number or exercise of the lecture.

    Args:
        config: the options.
    """

    class Config(config.Config):
        """Options of an experiment."""

    title: ClassVar[str]
    """What it shows, in one line."""

    formula: ClassVar[str]

    deck: ClassVar[tuple[Place, ...]] = ()
    """Where in the lecture it stands."""

    rows: ClassVar[tuple[str, ...]] = ()
    """Of the curriculum."""

    seconds: ClassVar[float] = 0.1
    """It takes about so long on two cores."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def found(self) -> Found:
        """Return what is found.

        Raises:
            ElmanError: it cannot be made with these options.
        """
