"""Networks that say numbers, looked into: what of an input the loss of what came hangs on, or one of the numbers."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Batch, Example, Padded
from elman.data.timelines import Base
from elman.data.windows import whole
from elman.errors import ConfigError, DataError
from elman.heads.base import ClassHead, Head
from elman.heads.quantiles import QuantilesHead
from elman.inspection.reading import Reading
from elman.inspection.subject import START, Heard, OfExamples, Subject

_CAME = "what came"
_LESS: Mapping[Base, str] = {"none": "", "last": " less the last value", "season": " less that of a season before"}
"""What forecasts are differences from."""


class OfNumbers(Subject):
    """A network whose head says numbers: it is asked about log p of what came, or its loss where it has no density."""

    head: Head

    @property
    def answers(self) -> Sequence[str]:
        """What came."""
        return [_CAME]

    def name(self, number: int, example: Example) -> str:
        """Return what is asked about."""
        return self.answers[number]

    def what(self, number: int, name: str) -> str:
        """Return log p where the head has a density, else the loss, negative."""
        return f"-loss of {name}" if isinstance(self.head, QuantilesHead) else super().what(number, name)

    def without(self, example: Example, text: int, place: int) -> Example:
        """Refuse: what is left of a series is another one.

        Raises:
            DataError: always.
        """
        raise DataError(f"{self.model.path}: nothing can be left out of numbers.")

    def unit(self, number: int) -> str:
        """Return nats; a loss that is no density is in deviations of training."""
        return "deviations" if isinstance(self.head, QuantilesHead) else super().unit(number)

    def likeliest(self, hidden: Padded, place: int) -> int:
        """Refuse: of numbers none is likeliest.

        Raises:
            ConfigError: always.
        """
        forecast = self.answers[1:]
        told = f" --for asks about the forecast: {', '.join(forecast[:3])} ..." if forecast else ""
        raise ConfigError(f"--at: got {place + 1}: nobody knows what comes after it. Ask about an earlier one.{told}")

    def number(self, hidden: Any, place: int, answer: int) -> Tensor:
        """Return -loss of what came at a place, (N,).

        Raises:
            ConfigError: nothing of it is known.
        """
        truth: Tensor = hidden.given[_CAME][:, place, None]
        if bool(truth.isnan().all()):
            self.likeliest(hidden, place)
        rows = zip(hidden.values[:, place, None], truth.expand(len(hidden.values), -1, -1), strict=True)
        return -torch.stack([self.head.loss(Padded(row[None]), Padded(one[None])).nats for row, one in rows])

    def examples(self, line: str) -> list[Example]:
        """Return the series or drawings of a file: numbers are no lines."""
        return list(self.model.read(line))


class OfPoints(OfNumbers, OfExamples):
    """A network that says where a pen goes next: at each place, the point behind those before it."""

    def batch(self, *examples: Example) -> Batch:
        """Return drawings, as tensors."""
        return self.double(self.task.encode(examples).batch(np.arange(len(examples))))

    def places(self, example: Example) -> list[list[str]]:
        """Return the numbers of the points, each read where the one behind it is asked about."""
        count = self.batch(example).fields["point"].values.shape[1]
        return [[START, *(str(number) for number in range(1, count))]]

    def true(self, example: Example) -> list[int]:
        """Return the number of what came, at each place."""
        return [0] * len(self.places(example)[0])

    def hidden(self, batch: Batch) -> Heard:
        """Return what the head sees, and the points."""
        return Heard(super().hidden(batch).values, given={_CAME: batch.fields["point"].values})


class OfSeries(OfNumbers):
    """A network that forecasts series. What comes after its last steps nobody knows.

    It can also be asked about one number of its forecast: `--for` its name and how many steps ahead, such as `load +3`.
    """

    def batch(self, *examples: Example) -> Batch:
        """Return the whole of a series, and what is true after each of its steps."""
        return self.double(whole(self.task.encode(examples)))

    def places(self, example: Example) -> list[list[str]]:
        """Return the numbers of the steps."""
        return [[str(step + 1) for step in range(len(example.fields["frames"]))]]

    def usual(self, reading: Reading, word: str | None) -> int:
        """Return the last place for a number of the forecast.

        For what came, the last after which all is known that is forecast, else the last after which anything is.
        """
        if word not in (None, _CAME):
            return super().usual(reading, word)
        truth: Tensor = reading.hidden.given[_CAME][0].isnan()
        known = (~truth.any(1)).nonzero()
        known = known if len(known) else (~truth.all(1)).nonzero()
        return int(known[-1]) if len(known) else super().usual(reading, word)

    def true(self, example: Example) -> list[int]:
        """Return the number of what came, at each place to the last after which something is known."""
        known = (~self.batch(example).fields["ahead"].values[0].isnan().all(1)).nonzero()
        return [0] * (int(known[-1]) + 1 if len(known) else 0)

    def hidden(self, batch: Batch) -> Heard:
        """Return what the head sees after each step, and what came."""
        frames = batch.fields["frames"]
        stack = self.network.recurrent
        hidden = stack(frames.values, stack.initial_state(batch.size)).hidden
        return Heard(hidden, given={_CAME: batch.fields["ahead"].values})

    @property
    def head(self) -> Head:  # type: ignore[override]
        """The head over the coming steps."""
        found: Head = self.network.heads["ahead"]
        return found

    @cached_property
    def _numbers(self) -> list[str]:
        """The numbers of a forecast, a step after the other."""
        steps, names = self.task.config.horizon, self.task.measured.names
        return [f"{name} +{step}" for step in range(1, steps + 1) for name in names]

    @property
    def answers(self) -> Sequence[str]:
        """What came, and the numbers of a forecast."""
        return [_CAME, *self._numbers]

    def what(self, number: int, name: str) -> str:
        """Return what a number is: a loss, log p of what is on, or the number itself as it is forecast."""
        if not number:
            return super().what(number, name)
        return f"log p({name} is on)" if isinstance(self.head, ClassHead) else f"{name}{_LESS[self.task.scales.base]}"

    def unit(self, number: int) -> str:
        """Return nats, or of a number of the forecast its deviations in training."""
        return "deviations" if number and not isinstance(self.head, ClassHead) else super().unit(number)

    def number(self, hidden: Any, place: int, answer: int) -> Tensor:
        """Return -loss of what came at a place, or one number of the forecast, (N,)."""
        if not answer:
            return super().number(hidden, place, answer)
        seen = Padded(hidden.values[:, place, None])
        said = self.head.log_probs(seen) if isinstance(self.head, ClassHead) else self.head.best(seen).values
        found: Tensor = said[:, 0, answer - 1]
        return found
