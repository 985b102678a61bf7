"""What a model promises: a Network is trained by gradients, a Fitted is fitted in one go.

This file loads no torch, so that a fitted model works without it; a network inherits `nn.Module` in its own file.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from elman.config import Config
from elman.data.outlines import Outline, Tokens
from elman.data.records import Batch
from elman.errors import CheckpointError, ConfigError
from elman.models.base.names import check_names

if TYPE_CHECKING:
    from torch import nn

    from elman.cells.base import State
    from elman.heads.base import LossSum
    from elman.layers.penalties import Penalty
    from elman.moment import Moment

    _Module = nn.Module
else:
    _Module = object


class BatchLoss(NamedTuple):
    """What a network gives for a batch in training.

    Args:
        heads: the loss of each named head, summed over the real targets.
        state: after the batch.
        penalties: named terms that are added to the mean loss, each a sum and what it is a mean of.
    """

    heads: "Mapping[str, LossSum]"
    state: "State"
    penalties: "Mapping[str, Penalty]" = {}


class Model(ABC):
    """Something with a configuration and weights, made for what it reads and what it is asked for.

    Args:
        config: the `[model]` section.
        reads: what it is told of each field that it reads.
        answers: what it is told of each answer that is wanted.
    """

    class Config(Config):
        """Options that every model has."""

        name: str

        @property
        def spells(self) -> bool:
            """Whether it reads the characters within words: then it wants words."""
            return False

        @property
        def finer(self) -> str:
            """The option that has it read them; empty where it does, or cannot."""
            return ""

    reads: ClassVar[Sequence[Sequence[str]]]
    """The fields of a batch that it reads, one set or another: a task must make just these."""

    predicts: ClassVar[Sequence[str]]
    """What it can be asked for, by the names of heads: a task may want some of these."""

    requires: ClassVar[Sequence[str]] = ()
    """Those of `predicts` that a task must want, so that there is something to build."""

    config: Any

    @classmethod
    def suits(cls, reads: Collection[str], heads: Collection[str]) -> bool:
        """Say whether it is made for just these fields of a batch, and can be asked for all of these heads."""
        return set(reads) in map(set, cls.reads) and set(cls.requires) <= set(heads) <= set(cls.predicts)

    if TYPE_CHECKING:

        def __init__(self, config: Any, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None: ...

    @abstractmethod
    def weights(self) -> dict[str, np.ndarray]:
        """Return every number that was learned, by name, as arrays that may share the model's memory."""

    @abstractmethod
    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the numbers that `weights` gave. Names and shapes must agree.

        Raises:
            CheckpointError: they do not.
        """

    @property
    def title(self) -> str:
        """What the model is, in a few words."""
        return str(self.config.name)

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return how many steps it makes of so many places of a field: as many, unless it reads some as one."""
        return counts

    def __repr__(self) -> str:
        """Say what it is and how many weights it has."""
        return f"<{type(self).__name__}: {self.title}, {self.num_weights():,} weights>"

    def num_weights(self) -> int:
        """Return how many numbers the model has learned."""
        return sum(array.size for array in self.weights().values())


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
        """Return about how many bytes fitting takes at its peak; 0 where nobody knows."""
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


class Network(Model, _Module):
    """A model trained by gradients. Subclasses inherit `nn.Module` too: `class RnnLM(Network, nn.Module)`."""

    class Config(Model.Config):
        """Options that every network has."""

        init_range: float | None = Field(
            None, gt=0, description="All weights start in U(-r, r); left out, each part takes what suits it."
        )

    @abstractmethod
    def initial_state(self, batch_size: int) -> "State":
        """Return the state before the first step of a batch."""

    @abstractmethod
    def loss(self, batch: Batch, state: "State", moment: "Moment | None") -> BatchLoss:
        """Return the loss of a batch.

        Args:
            batch: the fields that the task makes.
            state: `initial_state`, or what the batch before left when this one continues it.
            moment: of the training step; None switches every random part off.
        """

    @property
    def ways(self) -> Mapping[str, str]:
        """What the start of a training says of how parts of it are computed, by name."""
        return {}

    @property
    def head_weights(self) -> Mapping[str, float]:
        """What the loss of each head counts in training beside those of the others, where that is not 1."""
        return {}

    def penalty_terms(self, batch: Batch) -> Mapping[str, int]:
        """Return how many terms each penalty of `loss` is a mean of in training, before it is computed.

        A loss in parts divides by the sums of these, as it does by the number of targets.
        """
        return {}

    def weights(self) -> dict[str, np.ndarray]:
        """Return the parameters by name, sharing their memory where they lie on the CPU; a shared one comes once."""
        return {name: tensor.detach().cpu().numpy() for name, tensor in self.named_parameters()}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Copy parameters in. Names and shapes must agree, and all must be real numbers.

        Raises:
            CheckpointError: they do not; the message names the first that differs.
        """
        own = dict(self.named_parameters())
        check_names(weights, own)
        for name, tensor in own.items():
            if tuple(tensor.shape) != weights[name].shape:
                raise CheckpointError(
                    f"weight {name!r}: got shape {weights[name].shape}, expected {tuple(tensor.shape)}."
                )
            if weights[name].dtype not in (np.float32, np.float64):
                raise CheckpointError(f"weight {name!r}: got {weights[name].dtype}, expected float32.")
        for name, tensor in own.items():
            tensor.data.copy_(tensor.new_tensor(weights[name]))
