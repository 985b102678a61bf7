"""What tasks share that show where a network looked."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.data.records import Example
from elman.evaluation.details import Detail
from elman.tasks.base.data import TaskData

_PICTURES = 4


class Picturing(ABC):
    """A task that has a picture of what a model says to an example."""

    @abstractmethod
    def pictured(self, model: Any, examples: Sequence[Example]) -> list[Detail]:
        """Return the pictures of some examples, in their order."""

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return those of some examples of the validation part, spread over it."""
        examples = data.valid.examples
        some = np.unique(np.linspace(0, len(examples) - 1, _PICTURES).round().astype(int))
        return self.pictured(model, [examples[row] for row in some])
