"""What a model promises, and a network, which is trained by gradients.

This file loads no torch, so that a fitted model works without it; a network inherits `nn.Module` in its own file.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from elman.config import Config
from elman.data.outlines import Outline
from elman.data.records import Batch
from elman.errors import CheckpointError
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
        shares: what to know of the batch besides, by name: of how many, of how many in all.
    """

    heads: "Mapping[str, LossSum]"
    state: "State"
    penalties: "Mapping[str, Penalty]" = {}
    shares: Mapping[str, tuple[int, int]] = {}


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
        def rewarded(self) -> str:
            """The option that has it learn from how good texts are; empty where it does not."""
            return ""

        @property
        def finer(self) -> str:
            """The option that has it read them; empty where it does, or cannot."""
            return ""

        def narrower(self, share: float) -> str:
            """Return the option with which it has at most so large a share of its weights; empty where none has it."""
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
    def mixes(self) -> str:
        """What its loss in training is a mix of, in words; empty where it is nats a target."""
        return ""

    @property
    def forces(self) -> bool:
        """Whether it says the likeliest token behind true ones, `forced`, as it would write it behind its own."""
        return False

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

    def asked(self, batch: Batch) -> Any:
        """Compute what a validation asks of a batch: of a network that answers its answers, of others the loss."""
        return self.loss(batch, self.initial_state(batch.size), None)

    @property
    def ways(self) -> Mapping[str, str]:
        """What the start of a training says of how parts of it are computed, by name."""
        return {}

    def foreseen(self, batches: Sequence[Batch]) -> Mapping[str, str]:
        """Return what the start of a training says of parts that what is read fills, by name.

        Args:
            batches: of a pass over the data.
        """
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
