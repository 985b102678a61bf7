"""A network that is looked into: how it is given one input, and what it says to it."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Batch, Example, Padded
from elman.errors import CheckpointError, DataError
from elman.evaluation.looked import visible
from elman.heads.base import TokenHead
from elman.inference.predictor import Predictor
from elman.inspection.reading import Reading, inputs_of, seen
from elman.layers.tensors import to_tensors
from elman.models.base.headed import Headed
from elman.models.base.next_token import NextToken
from elman.models.base.source_writer import SourceWriter
from elman.tasks.base.framing import frames_of, reads_frames

_CPU = torch.device("cpu")


class Subject(ABC):
    """The network of a run, copied to float64, without noise, and with fixed weights.

    Args:
        model: of the run.

    Raises:
        CheckpointError: a weight is no number.
    """

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

    def read(self, example: Example, learns: bool = False) -> Reading:
        """Return what the network does with an input, step by step.

        Args:
            example: the input.
            learns: whether gradients are wanted.
        """
        layers: list[Any] = []
        inputs: list[Tensor] = []
        with torch.set_grad_enabled(learns), seen(self.network, layers), inputs_of(self.network, inputs):
            hidden = self.hidden(self.batch(example))
        return Reading(self.places(example), layers, inputs, hidden)

    def again(self, example: Example, given: Sequence[Tensor]) -> Padded | None:
        """Return what the head sees when other vectors are read, (N, P, H).

        Args:
            example: an input.
            given: what each stack reads, (N, T, I) each.
        """
        one, rows = self.batch(example), len(given[0])
        fields = {
            name: field.map(lambda tensor: tensor.expand(rows, *tensor.shape[1:])) for name, field in one.fields.items()
        }
        with inputs_of(self.network, [], given):
            return self.hidden(Batch(rows, fields, one.tables))

    def batch(self, example: Example) -> Batch:
        """Return the batch of an input, as tensors."""
        return self._double(self.task.batch(self.task.encode([example]), np.array([0])))

    @abstractmethod
    def places(self, example: Example) -> list[list[str]]:
        """Return what stands at the places of each text or series."""

    @abstractmethod
    def hidden(self, batch: Batch) -> Padded | None:
        """Return what the head sees; None where it writes."""

    @property
    def head(self) -> Any:
        """The head that is asked; None where there is none of this kind."""
        return None

    @property
    def answers(self) -> Sequence[str]:
        """What may be answered."""
        return ()

    def shown(self, answer: str) -> str:
        """Return an answer as a person is shown it."""
        return visible(answer)

    def true(self, example: Example) -> list[int] | None:
        """Return the answer that stands in the input itself at each place, such as the next token; None without."""
        return None

    def without(self, example: Example, text: int, place: int) -> Example:
        """Return the input without what stands at a place of one of its texts.

        Raises:
            DataError: nothing can be left out of it.
        """
        raise DataError(f"{self.model.path}: nothing can be left out of frames.")

    def log_probs(self, hidden: Padded, place: int) -> Tensor:
        """Return log p of all answers at a place, (N, K)."""
        if isinstance(self.head, TokenHead):
            hidden, place = Padded(hidden.values[:, place].unsqueeze(1)), 0
        found: Tensor = self.head.log_probs(hidden)[:, place]
        return found

    def _double(self, batch: Batch) -> Batch:
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

    def batch(self, example: Example) -> Batch:
        """Return the start and the tokens."""
        ids = np.concatenate([[self.tokens.start_id], self.ids(example)])[None]
        return Batch(1, {"tokens": Padded(torch.from_numpy(ids.astype(np.int64)))}, {})

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


class OfSources(Subject):
    """A network that writes to a source: the layers that read the source."""

    def places(self, example: Example) -> list[list[str]]:
        """Return the tokens of the source."""
        field = self.batch(example).fields[self.network.field]
        steps = field.values.shape[1]
        if field.values.is_floating_point():
            return [[str(step + 1) for step in range(steps)]]
        return [list(map(str, self.task.places(example, steps)))]

    def hidden(self, batch: Batch) -> None:
        """Read the source; what is written is another matter."""
        self.network.encode(batch.fields[self.network.field])


def subject_of(model: Predictor) -> Subject | None:
    """Return how the network of a run is looked into; None where it is none that is known here."""
    for kind, network in ((OfTokens, NextToken), (OfSources, SourceWriter), (OfExamples, Headed)):
        if isinstance(model.model, network):
            return kind(model)
    return None
