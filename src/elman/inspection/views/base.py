"""What a view of a model promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from elman.evaluation.base import Detail
from elman.inference.predictor import Predictor


@dataclass(frozen=True)
class Seen:
    """What a view shows of one input.

    Args:
        text: for a terminal, several lines.
        facts: for JSON, the input included.
        details: for a page.
        others: in further formats, by their names.
    """

    text: str
    facts: Mapping[str, Any]
    details: Sequence[Detail]
    others: Mapping[str, str]


class View(ABC):
    """Looks into a model that reads inputs.

    Args:
        model: of a run.
    """

    verb: ClassVar[str]
    """What the task of a run has to offer for this view."""

    formats: ClassVar[Sequence[str]] = ()
    """Names of further formats."""

    title: ClassVar[str]

    def __init__(self, model: Predictor) -> None:
        self.model = model

    @abstractmethod
    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what is seen of each input, in their order.

        Args:
            lines: inputs, as they are typed.

        Raises:
            ElmanError: one cannot be shown; the message has it.
        """
