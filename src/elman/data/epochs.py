"""A pass over the data, in batches."""

from abc import abstractmethod
from collections.abc import Sequence

from elman.data.records import Batch


class Epoch(Sequence[Batch]):
    """The batches of one pass over the data. Each is made when it is asked for, the same every time."""

    @property
    @abstractmethod
    def largest(self) -> int:
        """The number of the batch that takes most memory."""


class NoEpoch(Epoch):
    """No batch at all: the model reads the data itself."""

    largest = 0

    def __len__(self) -> int:
        return 0

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        raise IndexError(index)
