"""A network that is looked into: how it is given one input, and what it says to it."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from elman.data.drawings import Drawings
from elman.data.records import Batch, Example, Padded
from elman.errors import CheckpointError, DataError
from elman.evaluation.looked import visible
from elman.heads.base import TokenHead
from elman.inference.predictor import Predictor
from elman.inspection.reading import Reading
from elman.inspection.recording import inputs_of, seen
from elman.layers.tensors import to_tensors
from elman.tasks.base.framing import frames_of, reads_frames

START = "<start>"
"""What stands before the first of what is written."""
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Heard(Padded):
    """What a head sees, and what else it is given, by name."""

    given: Mapping[str, Any] = field(default_factory=dict)


class Subject(ABC):
    """The network of a run, copied to float64, without noise, and with fixed weights.

    Args:
        model: of the run.

    Raises:
        CheckpointError: a weight is no number.
    """

    texts: ClassVar[Sequence[str]] = ("the first text", "the second text")
    """What the texts or series are called, where there are two."""
    text: ClassVar[int] = 0
    """Which of the texts or series the answers stand at."""
    asks: ClassVar[bool] = True
    """Whether a single number of what it says can be asked about."""
    alone: ClassVar[bool] = True
    """Whether its layers read an input by itself, not several texts side by side."""

    def __init__(self, model: Predictor) -> None:
        self.model = model
        network: Any = model.model
        for name, weight in network.named_parameters():
            if not bool(torch.isfinite(weight).all()):
                raise CheckpointError(f"{model.path}: weight {name!r} has numbers that are not finite. Train it again.")
        self.network: Any = copy.deepcopy(network).to(_CPU, torch.float64).requires_grad_(False)
        self.task: Any = model.task

    def examples(self, line: str) -> list[Example]:
        """Return the inputs that a line is: one, or the recordings of a file."""
        if reads_frames(self.task, self.task.config) or ("stretches" in self.task.verbs and self.task.config.framed):
            return frames_of(self.task, self.model.read(line))
        return [self.model.parse(line)]

    def answered(self, example: Example) -> Example:
        """Return an input of the run's own data as it is looked at: what is answered to it is part of some inputs."""
        return example

    def read(self, example: Example, learns: bool = False) -> Reading:
        """Return what the network does with an input, step by step.

        Args:
            example: the input.
            learns: whether gradients are wanted.

        Raises:
            DataError: it is empty.
        """
        places = self.places(example)
        if not all(places):
            raise DataError("the input is empty: there is no place to look at.")
        layers: list[Any] = []
        inputs: list[Tensor] = []
        with torch.set_grad_enabled(learns), seen(self.network, layers), self.given(inputs):
            hidden = self.hidden(self.batch(example))
        return Reading(places, layers, inputs, hidden)

    def given(self, found: list[Tensor], other: Sequence[Tensor] = ()) -> AbstractContextManager[None]:
        """Within it, the vectors that are read are kept, cut from what they were made of, or replaced.

        Args:
            found: where they go, (B, T, I) for each text or series.
            other: what is read in their place; none where they are read as they are.
        """
        return inputs_of(self.network, found, other)

    def again(self, example: Example, given: Sequence[Tensor]) -> Padded:
        """Return what the head sees when other vectors are read, (N, P, H).

        Args:
            example: an input.
            given: what each stack reads, (N, T, I) each.
        """
        one, rows = self.batch(example), len(given[0])
        fields = {
            name: field.map(lambda tensor: tensor.expand(rows, *tensor.shape[1:])) for name, field in one.fields.items()
        }
        with self.given([], given):
            return self.hidden(Batch(rows, fields, one.tables))

    def batch(self, *examples: Example) -> Batch:
        """Return the batch of an input, or of several, as tensors."""
        return self.double(self.task.batch(self.task.encode(examples), np.arange(len(examples))))

    @abstractmethod
    def places(self, example: Example) -> list[list[str]]:
        """Return what stands at the places of each text or series."""

    @abstractmethod
    def hidden(self, batch: Batch) -> Padded:
        """Return what the head sees."""

    @property
    @abstractmethod
    def head(self) -> Any:
        """The head that is asked."""

    @property
    def answers(self) -> Sequence[str]:
        """What may be answered."""
        return ()

    def name(self, number: int, example: Example) -> str:
        """Return an answer to an input as a person is shown it."""
        return visible(self.answers[number])

    def what(self, number: int, name: str) -> str:
        """Return what `number` has of an answer, in words."""
        return f"log p({name})"

    def unit(self, number: int) -> str:
        """Return the unit of what `number` has of an answer."""
        return "nats"

    def likeliest(self, hidden: Padded, place: int) -> int:
        """Return the likeliest answer at a place."""
        return int(self.log_probs(hidden, place)[0].argmax())

    def usual(self, reading: Reading, word: str | None) -> int:
        """Return the place at which an answer is asked about where nobody says: the last."""
        return len(reading.places[self.text]) - 1

    def true(self, example: Example) -> list[int] | None:
        """Return the answer that stands in the input itself at each place, such as the next token; None without."""
        return None

    def without(self, example: Example, text: int, place: int) -> Example:
        """Return the input without what stands at a place of one of its texts.

        Raises:
            DataError: nothing can be left out of it.
        """
        raise DataError(f"{self.model.path}: nothing can be left out of frames.")

    def number(self, hidden: Padded, place: int, answer: int) -> Tensor:
        """Return the number that an answer has at a place, log p in nats, (N,)."""
        return self.log_probs(hidden, place)[:, answer]

    def log_probs(self, hidden: Padded, place: int) -> Tensor:
        """Return log p of all answers at a place, (N, K)."""
        if isinstance(self.head, TokenHead):
            hidden, place = Padded(hidden.values[:, place].unsqueeze(1)), 0
        found: Tensor = self.head.log_probs(hidden)[:, place]
        return found

    def double(self, batch: Batch) -> Batch:
        """Return a batch as tensors, its numbers in float64."""
        found = to_tensors(batch, _CPU)
        return found.map(lambda one: one.double() if one.is_floating_point() else one)


class OfTokens(Subject):
    """A language model: it reads the start of a text and its tokens, and says at each place what comes next."""

    def __init__(self, model: Predictor) -> None:
        super().__init__(model)
        self.tokens = self.task.tokens

    def ids(self, example: Example) -> np.ndarray:
        """Return the tokens of a line."""
        given = example.fields.get("ids")
        return self.tokens.encode(example.fields["text"]) if given is None else given

    def batch(self, *examples: Example) -> Batch:
        """Return the start and the tokens of lines of one length."""
        ids = np.array([[self.tokens.start_id, *self.ids(one)] for one in examples], np.int64)
        return Batch(len(examples), {"tokens": Padded(torch.from_numpy(ids))}, {})

    def places(self, example: Example) -> list[list[str]]:
        """Return the start and the tokens, as a person is shown them."""
        return [[visible(self.tokens.shown(one)) for one in (self.tokens.start_id, *self.ids(example).tolist())]]

    def hidden(self, batch: Batch) -> Padded:
        """Return what the head sees after each token."""
        layers = self.network.layers
        return Padded(layers.run(batch.fields["tokens"], layers.initial_state(batch.size)).hidden)

    @property
    def head(self) -> Any:
        """What predicts the next token."""
        return self.network.head

    @property
    def answers(self) -> Sequence[str]:
        """The vocabulary."""
        return list(self.tokens.vocabulary.tokens)

    def true(self, example: Example) -> list[int]:
        """Return the next token at each place but the last."""
        return [int(one) for one in self.ids(example)]

    def without(self, example: Example, text: int, place: int) -> Example:
        """Return the line without one of its tokens; the start stays."""
        return Example({**example.fields, "ids": np.delete(self.ids(example), place - 1)})


class OfExamples(Subject):
    """A network that labels, tags, or compares what it reads."""

    def places(self, example: Example) -> list[list[str]]:
        """Return the words of each text, or the numbers of frames."""
        every = self.task.read(self.task.config, example)
        return [
            list(one) if isinstance(one, list | tuple) and all(isinstance(word, str) for word in one)
            else [str(step + 1) for step in range(len(one))]
            for one in every
        ]  # fmt: skip

    def hidden(self, batch: Batch) -> Padded:
        """Return what the first head sees."""
        return next(iter(self.network.encode(batch, None).hidden.values()))

    @property
    def head(self) -> Any:
        """The first head."""
        return next(iter(self.network.heads.values()))

    @property
    def answers(self) -> Sequence[str]:
        """The labels of the first head."""
        return list(getattr(next(iter(self.task.answers.values())), "names", ()))

    def without(self, example: Example, text: int, place: int) -> Example:
        """Return the example without one of its words."""
        every = list(self.task.given(self.task.config, example))
        if not isinstance(every[text], list | tuple):
            return super().without(example, text, place)
        every[text] = [word for at, word in enumerate(every[text]) if at != place]
        alone = [field.name for field in self.task.inputs(self.task.config)] == ["words"]  # not a list for each text
        return replace(example, fields={**example.fields, "words": every[0] if alone else every})


class OfChoices(OfExamples):
    """A network that reads a text once for each answer that may be chosen, side by side."""

    asks, alone = False, False


class OfNetwork(OfExamples):
    """Any other network: what its layers do while it makes what a validation asks of it."""

    asks = False

    def batch(self, *examples: Example) -> Batch:
        """Return the batch of inputs, their numbers in float64."""
        data, rows = self.task.encode(examples), np.arange(len(examples))
        found: Batch = data.batch(rows) if isinstance(data, Drawings) else self.task.batch(data, rows)
        return found.map(lambda one: one.astype(np.float64) if one.dtype.kind == "f" else one)

    def places(self, example: Example) -> list[list[str]]:
        """Return the numbers of the places of each text or series."""
        fields = self.batch(example).fields
        texts = [fields[name].values.shape[1] for name in self.task.reads(self.task.config)]
        return [[str(place + 1) for place in range(count)] for count in texts]

    def hidden(self, batch: Batch) -> Padded:
        """Return nothing that could be asked about."""
        self.network.asked(batch)
        return Padded(torch.empty(1, 0, 0))
