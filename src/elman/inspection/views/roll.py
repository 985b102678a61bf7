"""What sounds at each step, beside how probable that was said to be."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.data.records import Example
from elman.data.timelines import Foreseen
from elman.errors import DataError
from elman.evaluation.series_views import expected, rolled
from elman.inference.predictor import Predictor
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned

_MOST, _LEAST = 3, 0.1


class RollView(View):
    """What sounds at each step of music, and how probable it was said to be before that step was heard.

    An input is a file like those of the training, or one piece of it: `rolls.json#test:3`. Of other things that are on
    or off it is the same.
    """

    verb = "rolls"
    title = "What sounds, and what was expected"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: what is on or off."""
        lack = super().lacks(model)
        numbers = not lack and not model.task.config.binary
        return "forecasts numbers, expected what is on or off. Its report draws forecasts." if numbers else lack

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield what was expected of each piece.

        Raises:
            DataError: a file cannot be used, or a piece has one step.
        """
        task: Any = self.model.offering("rolls")
        for name in lines:
            for example in self.model.read(name):
                yield self._seen(task, example)

    def _seen(self, task: Any, example: Example) -> Seen:
        data, measured = task.encode([example]), task.measured
        if not len(data.origins):
            raise DataError(f"{example.where}: has one step or none, expected two: nothing is said of the first.")
        found = expected(self.model.ready, data, 0)
        truth, chances, numbers = data.targets(found.rows)[:, 0] > 0, found.best[:, 0], (found.rows + 2).tolist()
        names = list(measured.names)
        steps = [
            {"step": step, "sounds": _some(names, one, there), "expected": _some(names, one, ~there & (one >= _LEAST))}
            for step, one, there in zip(numbers, chances, truth, strict=True)
        ]
        mean = float(np.mean(_nats(found)))
        title = f"{example.place}: {mean:.3f} nats/step"
        facts = {"piece": example.where, "nats": mean, "steps": steps}
        return Seen(f"{title}\n{_table(steps, _nats(found))}", facts, [rolled(data, found, measured, 0)], {})


def _nats(found: Foreseen) -> np.ndarray:
    return np.asarray(found.nats, np.float64)


def _some(names: Sequence[str], chances: np.ndarray, which: np.ndarray) -> dict[str, float]:
    """Return how probable some keys were said to be, by their names."""
    return {names[at]: round(float(chances[at]), 4) for at in np.flatnonzero(which).tolist()}


def _table(steps: Sequence[dict[str, Any]], nats: np.ndarray) -> str:
    """Return a line for each step: what sounds, with its probability, and what else was likely."""
    rows = [["step", "nats", "sounds, how probable", "also expected"]]
    for one, lost in zip(steps, nats.tolist(), strict=True):
        others = sorted(one["expected"].items(), key=lambda found: -found[1])[:_MOST]
        sounds, also = (
            "  ".join(f"{key} {chance:.2f}" for key, chance in some) for some in (one["sounds"].items(), others)
        )
        rows.append([str(one["step"]), f"{lost:.2f}", sounds or "silence", also or "-"])
    return "\n".join(aligned(rows, left=4))
