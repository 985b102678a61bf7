"""What a check promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar


class Check(ABC):
    """Looks for one thing that makes data suspicious. It changes nothing, and what it finds depends on the data alone.

    A finding is one sentence: what it is, how often, where first, what to do. Data that is as it should be gives none:
    a false alarm is worse than silence.
    """

    takes: ClassVar[tuple[type, ...]]
    """Which data it looks at: `Parts`, `RunningText`, or both."""

    weight: ClassVar[int] = 1
    """3: scores mean something else than they seem to; 2: a model learns something else; 1: good to know."""

    @abstractmethod
    def find(self, data: Any) -> Iterator[str]:
        """Yield the findings."""
