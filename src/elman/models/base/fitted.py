"""What a model without gradients promises: it is fitted in one go, or reads its text stretch by stretch."""

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from elman.data.outlines import Outline, Tokens
from elman.errors import ConfigError
from elman.models.base.model import Model


class Fitting(NamedTuple):
    """What a model is fitted with besides data.

    Args:
        folder: for files that are needed meanwhile.
        seed: of everything random.
        threads: that may work side by side.
        tell: says a sentence to the user.
    """

    folder: Path
    seed: int
    threads: int
    tell: Callable[[str], None]


class Fitted(Model):
    """A model without gradients: counts, closed forms. It loads no torch."""

    training_keys: ClassVar[Sequence[str]] = ("seed", "threads")
    """What it takes of the `[training]` section; anything else is refused."""

    def __init__(self, config: Any, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        self.config = config
        for outline in reads.values():
            if isinstance(outline, Tokens) and outline.vectors is not None:
                raise ConfigError(f"task.vectors: model {config.name} has no table for vectors. Leave them out.")

    def seconds(self, source: Any) -> float:
        """Return about how long `fit` takes on one core; infinity if that is not known, or it cannot be done here.

        From the size of the data alone: two runs on the same data decide the same.
        """
        return math.inf

    def working(self, source: Any) -> int:
        """Return about how many bytes fitting takes at its peak, beside what it keeps; 0 where nobody knows."""
        return 0

    @abstractmethod
    def fit(self, source: Any, fitting: Fitting) -> None:
        """Learn from the training part that the task prepared."""


class Stretch(NamedTuple):
    """What a model says of a stretch of text that it has read.

    Args:
        nats: losses, summed.
        targets: how many.
        tokens: of the text.
        rate: the learning rate, at its beginning.
    """

    nats: float
    targets: int
    tokens: int
    rate: float


class Streamed(Fitted):
    """A fitted model that reads its text stretch by stretch, several times over, and changes as it reads.

    With one thread, what a stretch does depends on weights, number, rate and seed alone, so that it goes on exactly.
    """

    training_keys = (
        *("steps", "epochs", "minutes", "learning_rate", "validate_every", "log_every", "checkpoint_every"),
        *Fitted.training_keys,
    )
    default_epochs: ClassVar[float] = 5.0

    @property
    @abstractmethod
    def default_rate(self) -> float:
        """The learning rate at the beginning, if none is given."""

    @abstractmethod
    def keeps(self) -> int:
        """Return how many bytes it has once it has begun: what it learns, and what is made of it to be asked."""

    @abstractmethod
    def begin(self, seed: int) -> None:
        """Draw the weights before the first stretch."""

    @abstractmethod
    def stretches(self, source: Any) -> int:
        """Return how many stretches one pass over the data is."""

    def stretches_of(self, source: Any, passes: float | None) -> int:
        """Return how many stretches so many passes are, the usual number if None."""
        return max(1, round((passes or self.default_epochs) * self.stretches(source)))

    @abstractmethod
    def tokens(self, source: Any) -> int:
        """Return how many tokens it learns from in one pass, or could."""

    @abstractmethod
    def read(self, source: Any, number: int, of: int, rate: float, fitting: Fitting) -> Stretch:
        """Read one stretch.

        Args:
            source: the training part.
            number: of the stretch, from 0, over all passes.
            of: stretches in all.
            rate: the learning rate at the beginning; the model lowers it.
            fitting: seed and threads.
        """

    def fit(self, source: Any, fitting: Fitting) -> None:
        """Read the data as often as usual."""
        self.begin(fitting.seed)
        of = self.stretches_of(source, None)
        for number in range(of):
            self.read(source, number, of, self.default_rate, fitting)
