"""What happens during training, for whoever listens: a progress display, a log, a notebook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from elman.metrics.base import Score


@dataclass(frozen=True)
class Notice:
    """A decision that the user did not make, or something they should know."""

    text: str


@dataclass(frozen=True)
class Planned:
    """Training is about to start, or to go on.

    Args:
        step: updates done already.
        steps: updates in all.
        epochs: passes over the data that this is.
        batch_tokens: tokens of one update.
        unit: what tokens are, in the plural.
        seconds: what it will take, if that is known.
        facts: what else to say beforehand, by name.
        steps_are: what a step is, in the plural.
        validations: that are still to come; 0 where nobody knows.
    """

    step: int
    steps: int
    epochs: float
    batch_tokens: int
    unit: str
    seconds: float | None
    facts: Mapping[str, str]
    steps_are: str = "updates"
    validations: int = 0


@dataclass(frozen=True)
class Stepped:
    """One update was made.

    Args:
        step: updates made so far.
        nats: mean loss of its batch.
        shown: that loss in the unit of the task.
        tokens: tokens of the batch.
        seconds: time it took.
    """

    step: int
    nats: float
    shown: str
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Validated:
    """The validation part was scored; `best` says whether this is the best so far.

    Args:
        step: updates made so far.
        scores: the first one selects models.
        shown: that one as people of the task say it.
        best: whether it is better than all before.
        unbeaten: the best baseline that it is no better than, and what that reaches; empty if it beats all.
    """

    step: int
    scores: Sequence[Score]
    shown: str
    best: bool
    unbeaten: str = ""


@dataclass(frozen=True)
class Sampled:
    """The model produced a text; `kept` says whether with the weights that the run keeps, as far as is known then."""

    step: int
    text: str
    kept: bool = True


@dataclass(frozen=True)
class Saved:
    """A checkpoint was written."""

    step: int


@dataclass(frozen=True)
class Stopped:
    """Training came to its end or was stopped.

    Args:
        step: updates made.
        reason: `finished`, or `interrupted`.
        seconds: time that training took, all sessions together.
    """

    step: int
    reason: str
    seconds: float


Event = Notice | Planned | Stepped | Validated | Sampled | Saved | Stopped
Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing: `elman.train(..., listener=elman.silent)`."""
