"""What a model is worth on some data: scores, where they come from, and what they are made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from elman.errors import DataError
from elman.evaluation import printed
from elman.evaluation.details import Detail
from elman.evaluation.stretches import summed
from elman.metrics import METRICS
from elman.metrics.base import Metric, Score
from elman.text.printed import counted
from elman.version import __version__

Observed = Mapping[str, tuple[str | type[Metric], Callable[[], Iterable[Any]]]]
"""By the name of a score, its metric and what that observes of each piece of the data, made when it is wanted."""


Beside = Mapping[type, Callable[[], Iterable[Any]]]
"""By the type of an observation that only further metrics take, what makes it of each piece, or of all at once."""


class Pieces(NamedTuple):
    """What a score is made of.

    Args:
        metric: its name, or itself where it is the user's own.
        statistics: of each piece of the data, or of stretches of many, (N, S), which add.
    """

    metric: str | type[Metric]
    statistics: np.ndarray

    @property
    def value(self) -> float:
        """The score."""
        return value_of(self.metric, self.statistics.sum(0))


@dataclass(frozen=True, eq=False, repr=False)
class ByPiece:
    """What a model is worth on each piece of some data, such as a sentence: so data like it can be drawn from them.

    Args:
        things: what pieces are, in the plural.
        gold: the true answer to each; models compare that were asked the same.
        words: how many words the data has.
        unknown: how many of them the vocabulary lacks.
        observed: by the name of a score, its metric and what that observes of each piece.
        unit: what words are here, in the plural: `words`, `characters`, `frames`.
        beside: what further metrics observe besides.
    """

    things: str
    gold: Sequence[Any]
    words: int
    unknown: int
    observed: Observed
    unit: str = "words"
    beside: Beside = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say how many pieces there are, and which scores are of them."""
        return f"<{counted(len(self.gold), self.things)}: {', '.join(self.observed)}>"

    def pieces(self) -> dict[str, Pieces]:
        """Return what each score is made of. It takes a while, and only comparisons want it."""
        found = {}
        for name, (metric, observations) in self.observed.items():
            kind = kind_of(metric)()
            if not kind.adds:
                raise ValueError(f"{metric}: is not of pieces, its statistics do not add")
            rows = (kind.statistics(one) for one in observations())
            found[name] = Pieces(metric, summed(rows, sum(1 for _ in observations())))
        return found


@dataclass(frozen=True, repr=False)
class Evaluation:
    """What a model is worth on some data.

    Args:
        scores: the first one selects models.
        counts: what was counted in the data, such as `tokens`.
        shown: the first score as people of the task say it.
        details: where the scores come from.
        by_piece: what the scores are made of, where they are of pieces that can be told apart.
        whole: what they observe of all the data, where they are not.
        majority: by the name of a score, what the answer gets that is most frequent in training.
        copied: the same of what is written where the source is copied.
        naive: the same of what is forecast without learning, by how.
    """

    scores: Sequence[Score]
    counts: Mapping[str, int]
    shown: str
    details: Sequence[Detail] = ()
    by_piece: ByPiece | None = field(default=None, compare=False)
    whole: Sequence[Any] = field(default=(), compare=False)
    majority: Mapping[str, float] = field(default_factory=dict)
    copied: Mapping[str, float] = field(default_factory=dict)
    naive: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what `elman evaluate` prints."""
        return "\n".join(printed.lines(self))

    def __repr__(self) -> str:
        """Say in one line what the scores are."""
        of = next((f" of {count:,} {name}" for name, count in self.counts.items()), "")
        return f"<evaluation{of}: {', '.join(map(str, self.scores))}>"

    def _repr_html_(self) -> str:
        """Show scores and tables in a notebook."""
        return printed.html(self)

    def facts(self) -> dict[str, Any]:
        """Return what a log keeps: the first score, how it is said, and every score by name."""
        first = self.scores[0]
        every = {score.name: score.value for score in reversed(self.scores)}
        return {
            "score": first.name,
            "value": first.value,
            "unit": first.unit,
            "signature": first.signature,
            "lower_is_better": first.lower_is_better,
            "shown": self.shown,
            "scores": every,
        }


def score(metric: str, observation: Any, unit: str, signature: str, name: str = "") -> Score:
    """Return a score; NaN where what was observed has no value, such as a correlation with a constant.

    Args:
        metric: its name.
        observation: of the type that the metric takes.
        unit: of the value.
        signature: what it depends on besides data and model.
        name: what it is called, if not as the metric.
    """
    value = value_of(metric, METRICS.get(metric)().statistics(observation))
    lower = METRICS.get(metric).lower_is_better
    return Score(name or metric, value, unit, f"{signature}|elman:{__version__}", lower)


def kind_of(metric: str | type[Metric]) -> type[Metric]:
    """Return a metric by its name; the user's own is one already."""
    return METRICS.get(metric) if isinstance(metric, str) else metric


def value_of(metric: str | type[Metric], statistics: np.ndarray) -> float:
    """Return the value of summed statistics; NaN where they have none, such as a correlation with a constant."""
    try:
        return kind_of(metric)().value(statistics)
    except DataError:
        return float("nan")


class ScoreSet(NamedTuple):
    """Some scores, where they come from, what they observe of each piece of the data, and what others may."""

    scores: list[Score]
    details: list[Detail]
    observed: Observed
    beside: Beside = {}

    def and_then(self, other: "ScoreSet") -> "ScoreSet":
        """Return these and others behind them."""
        both, beside = {**self.observed, **other.observed}, {**self.beside, **other.beside}
        return ScoreSet([*self.scores, *other.scores], [*self.details, *other.details], both, beside)


class Told(NamedTuple):
    """What is known of a score before anything is scored; it has its name in a table.

    Args:
        observation: what its metric observes.
        unit: of its value; words in braces are filled in.
        signature: what it depends on besides data and model, with such words too.
        metric: its name, where the score has another.
    """

    observation: type
    unit: str
    signature: str
    metric: str = ""


Seen = Mapping[type, tuple[Any, Callable[[], Iterable[Any]]]]
"""By its type, an observation of everything, and what makes that of each piece."""


def scored(told: Mapping[str, Told], seen: Seen, **words: Any) -> ScoreSet:
    """Return the scores of a table whose observations there are.

    Args:
        told: by their names.
        seen: what they observe.
        **words: that stand in units and signatures.
    """
    scores, observed = [], {}
    for name, one in told.items():
        if one.observation in seen:
            (whole, each), metric = seen[one.observation], one.metric or name
            scores.append(score(metric, whole, one.unit.format(**words), one.signature.format(**words), name))
            observed[name] = (metric, each)
    return ScoreSet(scores, [], observed)


class Verdict(NamedTuple):
    """What answers to examples are worth.

    Args:
        scores: the first one selects models.
        details: where they come from.
        observed: of each example.
        counts: what was counted in the data.
        shown: the first score as people of the task say it.
        gold: the true answer to each example; models compare that were asked the same.
        majority: by the name of a score, what the answer gets that is most frequent in training.
        beside: what further metrics observe besides.
    """

    scores: Sequence[Score]
    details: Sequence[Detail]
    observed: Observed
    counts: Mapping[str, int]
    shown: str
    gold: Sequence[Any]
    majority: Mapping[str, float] = {}
    beside: Beside = {}
