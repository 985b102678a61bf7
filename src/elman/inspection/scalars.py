"""The one number of a network's answer whose gradient is looked at."""

from typing import Any, NamedTuple

from torch import Tensor

from elman.data.records import Example
from elman.errors import ConfigError, did_you_mean
from elman.inspection.reading import Reading
from elman.inspection.subject import Subject


class Asked(NamedTuple):
    """Which number is looked at.

    Args:
        place: in what the head sees, from 0.
        answer: which of its answers.
        name: of the answer.
        what: what the number is, such as log p of it.
        unit: of the number.
        when: the place, and why it is this number, in words.
    """

    place: int
    answer: int
    name: str
    what: str
    unit: str
    when: str

    @property
    def said(self) -> str:
        """What the number is and where, in words."""
        return f"{self.what} {self.when}"

    @property
    def loss(self) -> str:
        """What falls where the number rises, in words."""
        return self.said[1:] if self.said.startswith("-") else f"-{self.said}"

    def shown(self, value: float) -> str:
        """Return a value of it with its unit."""
        return f"{value:.3f} {self.unit}"


def asked(subject: Subject, example: Example, reading: Reading, place: int, word: str | None) -> Asked:
    """Return which log-probability is looked at: of a word, or of what is true there, or of what is likeliest.

    Args:
        subject: the network.
        example: what it read.
        reading: what it did.
        place: of the input, from 0; a head that answers once has one place.
        word: the answer that is asked about; None where nobody said.

    Raises:
        ConfigError: there is no such answer, or none has a probability.
    """
    if not len(subject.answers):
        raise ConfigError(
            f"{subject.model.path}: {subject.model.model.title} gives no single probability that could be asked about. "
            "Ask for its states, gates or jacobian."
        )
    at = min(place, reading.hidden.values.shape[1] - 1)
    names, true = subject.answers, subject.true(example)
    once = reading.hidden.values.shape[1] == 1 and true is None
    if word is not None:
        number = _number(names, word)
        what = ", asked for"
    elif true is not None and place < len(true):
        number, what = true[place], ", what comes next"
    else:
        number, what = subject.likeliest(reading.hidden, at), ", the likeliest"
    name = subject.name(number, example)
    where = "after the whole input" if once else f"at place {at + 1}"
    return Asked(at, number, name, subject.what(number, name), subject.unit(number), f"{where}{what}")


def score(subject: Subject, hidden: Any, asked: Asked) -> Tensor:
    """Return the number, mostly log p of the answer in nats, (N,)."""
    return subject.number(hidden, asked.place, asked.answer)


def _number(names: Any, word: str) -> int:
    every = list(names)
    if word not in every:
        lower = word.lower()
        if lower in every:
            return every.index(lower)
        few = len(every) <= 20
        hint = did_you_mean(word, every)
        shown = hint if few or hint.startswith("Did") else "Nothing among its tokens is spelled like it."
        raise ConfigError(f"--for: got {word!r}, which this run cannot answer. {shown}")
    return every.index(word)
