"""What a teacher promises: how a decoder is led along its targets in training."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor, nn

from elman.cells.base import Memory
from elman.config import Config
from elman.data.records import Padded
from elman.heads.base import LossSum, TokenHead
from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.leading import NOTHING_BESIDE, Beside, Inputs, Led, led
from elman.layers.packing import Packing
from elman.layers.penalties import LookPenalty, Penalty
from elman.layers.unroll import Unrolled, feed
from elman.moment import Moment, Noise

NOTHING_OWED: Mapping[str, LookPenalty] = {}


class Pupil(NamedTuple):
    """What writes, and what it writes to.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder, a `elman.steps.base.Decoder`.
        head: predicts the token.
        memory: the sources.
        marks: the tokens that start and end a target, and the unknown one.
        dropout: probability of dropping vectors of tokens and outputs.
        beside: what the head reads beside the outputs of the decoder.
        owed: what is owed for where it looks, by name.
    """

    embedding: Embedding
    step: Any
    head: TokenHead
    memory: Memory
    marks: tuple[int, int, int]
    dropout: float
    beside: Beside = NOTHING_BESIDE
    owed: Mapping[str, LookPenalty] = NOTHING_OWED

    @property
    def start(self) -> int:
        """The token that stands before the first."""
        return self.marks[0]

    @property
    def end(self) -> int:
        """The token that ends a target."""
        return self.marks[1]

    def read(self, ids: Int[Tensor, "..."], noise: Noise | None) -> Tensor:
        """Return the vectors of tokens that the decoder reads; one that was copied is read as the unknown one."""
        known = ids.where(ids < self.head.num_classes, self.marks[2])
        return dropout(self.embedding(known, noise), self.dropout, noise)

    def along(self, target: Padded, noise: Noise | None, by_steps: bool = False) -> Led:
        """Return what the head sees of each token of targets after the right ones before it.

        Args:
            target: (B, U), ends included.
            noise: of the training step.
            by_steps: whether each step of the decoder is made by itself, for who watches.
        """
        ids = target.values.roll(1, 1)
        ids[:, 0] = self.start
        packing = Packing(len(ids), ids.shape[1], target.lengths)
        inputs = Inputs(ids, self.read(packing.pack(ids), noise), packing)
        step = self.step.under(noise, packing)
        state = step.initial_state(len(ids), self.memory)
        drop = partial(dropout, probability=self.dropout, noise=noise)
        return led(step, inputs, state, self.memory, self.beside, bool(self.owed), drop, by_steps)


Owed = tuple[LossSum, Mapping[str, Penalty]]


class Run(ABC):
    """Targets that are written along the way.

    Args:
        pupil: who writes.
        rows: how many targets.
        noise: of the training step.
    """

    def __init__(self, pupil: Pupil, rows: int, noise: Noise | None) -> None:
        self.pupil, self.rows, self.noise = pupil, rows, noise

    @abstractmethod
    def next(self, output: Tensor, place: int) -> Int[Tensor, " B"]:
        """Return the token at each place that is read at the next."""

    @abstractmethod
    def ended(self, output: Tensor, place: int) -> Tensor:
        """Say which rows need no further step after a place; called before `next`."""

    def unrolled(self) -> Unrolled:
        """Return what the decoder gives, (B, U, H), under the dropout under which its tokens are chosen.

        That between layers is the same at every step.
        """
        pupil, noise = self.pupil, self.noise
        step = pupil.step.under(noise, Packing(self.rows, 1))
        device = pupil.embedding.weight.device
        first = pupil.read(torch.full((self.rows,), pupil.start, device=device), noise)
        state = step.initial_state(self.rows, pupil.memory)

        dropped: list[Tensor] = []

        def ended(output: Tensor, place: int) -> Tensor:
            dropped.append(dropout(output, pupil.dropout, noise))
            return self.ended(dropped[-1], place)

        def choose(output: Tensor, place: int) -> Tensor:
            return pupil.read(self.next(dropped[-1], place), noise)

        made = feed(step, first, choose, ended, state, pupil.memory.spread())
        return made._replace(outputs=torch.stack(dropped, 1))

    @torch.no_grad()
    def drawn(self, output: Tensor) -> Int[Tensor, " B"]:
        """Return a token of each row, drawn from what the pupil predicts; without noise the likeliest."""
        log_probs = self.pupil.head.next(output)
        if self.noise is None:
            return log_probs.argmax(-1)
        generator = self.noise.generator(output.device)
        return torch.multinomial(log_probs.exp(), 1, generator=generator)[:, 0]


class Teacher(nn.Module, ABC):
    """Leads a decoder along its targets.

    Args:
        hidden_size: H, what the head reads.
        config: its options.
    """

    class Config(Config):
        """Options of a teacher."""

    mixes: ClassVar[str] = ""
    """What its loss is a mix of, in words; empty where it is nats a target."""

    follows: ClassVar[bool] = False
    """Whether it follows where a decoder looks, as copying and coverage need it."""

    rewarded: ClassVar[bool] = False
    """Whether it goes by how good texts are: `reward` of a `Moment`, which not every task has."""

    def __init__(self, hidden_size: int, config: Any = None) -> None:
        super().__init__()
        self.config: Any = config if config is not None else type(self).Config()

    @abstractmethod
    def loss(self, pupil: Pupil, target: Padded, moment: Moment | None, weights: Padded | None) -> Owed:
        """Return the loss of targets, summed, with how many tokens count, and penalties.

        Args:
            pupil: who learns.
            target: (B, U), ends included.
            moment: of the training step; None in evaluation.
            weights: what the loss of each target is multiplied by.
        """
