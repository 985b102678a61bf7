"""What a reader promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from elman import config as configuration
from elman.data.records import Example


class Reader(ABC):
    """Turns files into examples, one after the other, never holding a whole file.

    Args:
        config: the reader's section of the configuration.
    """

    class Config(configuration.Config):
        """Options that every format has."""

        name: str = Field("text", description="The file format; `elman describe readers` lists them.")
        encoding: str = Field("utf-8", description="Encoding of the files, such as utf-8 or latin-1.")

    def __init__(self, config: Config) -> None:
        self.config = config

    @abstractmethod
    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files in order.

        Raises:
            DataError: a file is missing, empty or not in the format; the message has file and line.
        """
