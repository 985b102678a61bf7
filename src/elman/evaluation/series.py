"""Scores of forecasts: numbers ahead, and what is on or off."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from elman.data.timelines import Foreseen, Timelines
from elman.evaluation.base import ByPiece, Evaluation, Told, score
from elman.evaluation.details import Detail, Numbers
from elman.metrics.base import Likelihood, Pairs, Quantiles, Scaled, Score
from elman.text.printed import figures

ERRORS: Mapping[str, str] = {"mean_squared_error": "squared", "mean_absolute_error": ""}
"""The errors of forecasts, and what that makes of a unit."""

OWN = "_own_units"
SCALED = "mean_absolute_scaled_error"

_STANDARD = "values:standardised by training|{how}"
SCORES: Mapping[str, Told] = {
    "mean_squared_error": Told(Pairs, "squared standardised units", _STANDARD),
    "mean_absolute_error": Told(Pairs, "standardised units", _STANDARD),
    "pinball_loss": Told(Quantiles, "standardised units, mean of quantiles", _STANDARD),
    "coverage": Told(Quantiles, "of values, {share:.0%} forecast", _STANDARD),
    "cross_entropy": Told(Likelihood, "nats/value, in units of the data", _STANDARD),
}
"""The scores of forecasts of numbers."""

_MOST_ROWS = 12


class Measured(NamedTuple):
    """How numbers that are forecast were measured.

    Args:
        names: of the K numbers of a step.
        means: what is taken from each where it is standardised, (K,).
        deviations: by what each is divided then, (K,).
        signature: what scores depend on besides data and model.
        seasonal: how far the training part is on average from `period` steps before, in the units of the data, (K,);
            NaN where it never changes so; None where nobody knows it.
        period: m.
    """

    names: Sequence[str]
    means: np.ndarray
    deviations: np.ndarray
    signature: str
    seasonal: np.ndarray | None = None
    period: int = 1


@dataclass(frozen=True, eq=False)
class Judged:
    """Forecasts beside what is true; where that is missing, nothing is scored.

    Args:
        data: the series.
        found: the forecasts, in the order of their rows.
        measured: how the numbers were measured.
    """

    data: Timelines
    found: Foreseen
    measured: Measured

    @property
    def truth(self) -> np.ndarray:
        """What is true, (W, H, K)."""
        return self.data.targets(self.found.rows)

    def pairs(self, scale: np.ndarray | float = 1.0) -> Pairs:
        """Return all that is true beside the forecasts, in other units."""
        truth, best = self.truth * scale, self.found.best * scale
        there = ~np.isnan(truth)
        return Pairs(truth[there], best[there])

    def scaled(self) -> Scaled:
        """Return all that is true beside the forecasts, with the error of the training part that each is measured by.

        A number whose seasons are all alike is left out: nothing can be divided by their difference.
        """
        truth, best = self.truth, self.found.best
        seasonal = self.measured.seasonal
        scales = np.full(truth.shape[-1], np.nan) if seasonal is None else seasonal / self.measured.deviations
        there = ~(np.isnan(truth) | np.isnan(scales))
        return Scaled(truth[there], best[there], np.broadcast_to(scales, truth.shape)[there])

    def quantiles(self) -> Quantiles:
        """Return all that is true beside the quantiles; a single forecast is every quantile."""
        truth, levels, spread = self.truth, np.array(self.found.levels), self.found.quantiles
        between = np.repeat(self.found.best[..., None], len(levels), -1) if spread is None else spread
        there = ~np.isnan(truth)
        return Quantiles(truth[there], between[there], levels)

    def scores(self) -> list[Score]:
        """Return all scores; the errors in the units of the data only of one number a step, else a table has them."""
        spread, levels = self.quantiles(), self.found.levels
        seen: dict[str, Any] = {**dict.fromkeys(ERRORS, self.pairs()), "pinball_loss": spread}
        if self.found.quantiles is not None and len(levels) > 1:
            seen["coverage"] = spread
        if self.found.nats is not None:
            seen["cross_entropy"] = Likelihood(float(self.found.nats.sum(dtype=np.float64)), len(spread.gold))
        words = {"how": self.measured.signature, "share": levels[-1] - levels[0] if levels else 0.0}
        found = [
            score(name, one, SCORES[name].unit.format(**words), SCORES[name].signature.format(**words))
            for name, one in seen.items()
        ]
        return [*found[: len(ERRORS)], *self._own(), *self._scaled(), *found[len(ERRORS) :]]

    def _own(self) -> list[Score]:
        """Return the errors in the units of the data."""
        if len(self.measured.names) > 1:
            return []
        [name], pairs = self.measured.names, self.pairs(self.measured.deviations)
        how = f"values:in units of {name}|{self.measured.signature}"
        return [
            score(error, pairs, f"{squared} units of {name}".strip(), how, f"{error}{OWN}")
            for error, squared in ERRORS.items()
        ]

    def _scaled(self) -> list[Score]:
        """Return the error by that of repeating a season of the training part."""
        seen, before = self.scaled(), self.measured.period
        if not len(seen.gold):
            return []
        seasonal, names = self.measured.seasonal, self.measured.names
        same = [] if seasonal is None else [names[at] for at in np.flatnonzero(np.isnan(seasonal)).tolist()]
        left_out = f", without {', '.join(same)}, alike {before} before" if same else ""
        how = f"scaled by:training, {before} before{left_out}|{self.measured.signature}"
        return [score(SCALED, seen, f"times that of {before} before in training", how)]

    def errors(self, axis: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean squared and mean absolute errors over some axes, standardised."""
        far = self.found.best - self.truth
        return np.nanmean(far**2, axis), np.nanmean(np.abs(far), axis)


class Forecaster(Protocol):
    """Whatever forecasts."""

    def forecasts(self, data: Timelines, origins: np.ndarray) -> Iterator[Foreseen]:
        """Yield forecasts after some rows of series."""


def worth(
    model: Forecaster, naive: Mapping[str, Forecaster], data: Timelines, measured: Measured, binary: bool
) -> Evaluation:
    """Return what every forecast that fits in some series is worth, beside those that anybody can make.

    Args:
        model: forecasts.
        naive: does so without learning, by how.
        data: the series.
        measured: how the numbers were measured.
        binary: whether they are on or off.
    """
    found = Foreseen.joined(model.forecasts(data, data.origins))
    others = {how: Foreseen.joined(one.forecasts(data, data.origins)) for how, one in naive.items()}
    if binary:
        return switches_evaluation(data, found, measured.signature, others)
    alike = {how: Judged(data, one._replace(levels=found.levels), measured) for how, one in others.items()}
    return numbers_evaluation(Judged(data, found, measured), alike)


def numbers_evaluation(judged: Judged, naive: Mapping[str, Judged]) -> Evaluation:
    """Return what forecasts of numbers are worth, beside those that anybody can make.

    Args:
        judged: the forecasts.
        naive: others, by how they are made.
    """
    scores = judged.scores()
    beside = {
        how: {one.name: one.value for one in other.scores() if one.name != "coverage"} for how, other in naive.items()
    }
    details = [_by_column(judged, naive), *_by_step(judged, naive)]
    count = len(judged.pairs().gold)
    shown = f"MSE {figures(scores[0].value)}, MAE {figures(scores[1].value)}"
    by_piece = _by_piece(judged, count)
    counts = {by_piece.things: len(by_piece.gold), "forecasts": len(judged.found.rows), "values": count}
    return Evaluation(scores, counts, shown, details, by_piece, naive=beside)


def switches_evaluation(data: Timelines, found: Foreseen, signature: str, naive: Mapping[str, Foreseen]) -> Evaluation:
    """Return what forecasts of what is on or off are worth, in nats a step, summed over switches.

    Args:
        data: the series.
        found: the forecasts, in the order of their rows.
        signature: what scores depend on besides data and model.
        naive: others, by how they are made.
    """
    pieces = np.searchsorted(data.inputs.offsets, found.rows, "right") - 1

    def likelihoods(one: Foreseen) -> list[Likelihood]:
        nats = np.zeros(0) if one.nats is None else one.nats.astype(np.float64)
        sums, counts = (np.bincount(pieces, weights, len(data)) for weights in (nats, None))
        return [Likelihood(float(total), int(count)) for total, count in zip(sums, counts, strict=True)]

    def whole(one: Foreseen) -> Likelihood:
        each = likelihoods(one)
        return Likelihood(sum(part.nats for part in each), sum(part.tokens for part in each))

    first = score("cross_entropy", whole(found), "nats/step", signature)
    beside = {how: {first.name: score(first.name, whole(one), "", "").value} for how, one in naive.items()}
    counts = {"series": len(data), "steps": len(found.rows)}
    bounds = zip(data.inputs.offsets[:-1], data.inputs.offsets[1:], strict=True)
    gold = [data.truth[start:stop].tobytes() for start, stop in bounds]
    by_piece = ByPiece(
        "series", gold, len(found.rows), 0, {first.name: (first.name, lambda: likelihoods(found))}, "steps"
    )
    shown = f"{first.value:.3f} nats/step"
    return Evaluation([first], counts, shown, (), by_piece, naive=beside)


def _by_column(judged: Judged, naive: Mapping[str, Judged]) -> Detail:
    """Return the errors of each column, in its own units."""
    deviations = judged.measured.deviations
    every = [one.errors((0, 1)) for one in (judged, *naive.values())]
    rows: list[list[str | int | float]] = [
        [
            name,
            float(every[0][0][at] * deviations[at] ** 2),
            *(float(absolute[at] * deviations[at]) for _, absolute in every),
        ]
        for at, name in enumerate(judged.measured.names)
    ]
    columns = ["column", "MSE", "MAE", *(f"MAE {how}" for how in naive)]
    return Numbers("By column, in its own units", columns, rows)


def _by_step(judged: Judged, naive: Mapping[str, Judged]) -> Iterator[Detail]:
    """Yield the errors of some steps ahead, if there are several."""
    steps = judged.data.ahead.steps
    if steps == 1:
        return
    every = [one.errors((0, 2))[0] for one in (judged, *naive.values())]
    some = np.unique(np.linspace(0, steps - 1, min(steps, _MOST_ROWS)).round().astype(int)).tolist()
    rows: list[list[str | int | float]] = [[at + 1, *(float(errors[at]) for errors in every)] for at in some]
    yield Numbers("By steps ahead, MSE standardised", ["ahead", "MSE", *(f"MSE {how}" for how in naive)], rows)


def _by_piece(judged: Judged, count: int) -> ByPiece:
    """Return forecasts in runs of as many as there are steps ahead: those in one have values in common."""
    steps, count_of = judged.data.ahead.steps, len(judged.found.rows)
    runs = np.split(np.arange(count_of), np.arange(steps, count_of, steps))

    def part(rows: np.ndarray) -> Judged:
        return Judged(judged.data, judged.found.some(rows), judged.measured)

    def each(make: Callable[[Judged], Any]) -> Callable[[], Iterable[Any]]:
        return lambda: [make(part(rows)) for rows in runs]

    observed = {name: (name, each(Judged.pairs)) for name in ERRORS}
    if len(judged.scaled().gold):
        observed[SCALED] = (SCALED, each(Judged.scaled))
    observed["pinball_loss"] = ("pinball_loss", each(Judged.quantiles))
    gold = [judged.data.targets(judged.found.rows[rows]).tobytes() for rows in runs]
    return ByPiece(f"runs of {steps} forecasts", gold, count, 0, observed, "values")
