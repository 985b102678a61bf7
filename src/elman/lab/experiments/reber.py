"""A stream of strings that never ends, read with a gate that forgets and without one."""

from statistics import median
from typing import TYPE_CHECKING

from pydantic import Field

from elman.lab.compared import TrainedConfig
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines

if TYPE_CHECKING:
    from elman.lab.streams import Course, Followed

_PARTS = ((1, 1), (2, 5), (6, 10), (11, 20), (21, 50), (51, 100))


class ReberExperiment(Experiment):
    """Embedded Reber strings one after the other, and nobody says when the memory may be emptied.

        LSTM          c = f ⊙ c' + i ⊙ g        can empty itself where a string ends
        LSTM of 1997  c = c' + i ⊙ g            has to write against what it holds
        the same, reset                         every string is read from the first state

    A string is right where after each symbol all that may come are scored above all that may not; who does not know
    the second symbol any more is right in half of them. The networks of the three courses see as many strings at an
    update, and each ends with streams of a hundred strings.

    Source: Gers, Schmidhuber & Cummins (2000), Learning to forget: continual prediction with LSTM, Neural Computation
    12(10).
    """

    class Config(TrainedConfig):
        """Options of streams."""

        strings: int = Field(8, ge=2, le=100, description="Of each stream of training.")
        units: int = Field(12, ge=1, le=256, description="H.")
        updates: int = Field(900, ge=10, le=1_000_000, description="Of each network and seed, 128 strings each.")

    title = "A stream without an end: with a forget gate and without"
    formula = "c = f ⊙ c' + i ⊙ g  against  c = c' + i ⊙ g"
    deck = (Place("003", "896-904"), Place("004", "321-350"))
    rows = ("A22",)
    seconds = 120

    def found(self) -> Found:
        """Return the share of right strings over the training, and along long streams after it."""
        from elman.lab.streams import affordable_updates, followed

        config, courses = self.config, self._courses()
        updates = config.updates
        if config.minutes:
            updates = affordable_updates(list(courses.values()), config.seeds, config.minutes)
        seeds = config.every_seed
        every = {name: followed(course, seeds, updates) for name, course in courses.items()}
        parts = [f"{first}-{last}" if first < last else f"{first}" for first, last in _PARTS]
        steps, rows = [], []
        for name, one in every.items():
            steps.append(Step(f"{name}: in training", "right, by seed, streams as in training", one.scores[-1]))
            shares = _shares(one)
            steps += [
                Step(f"{name}: strings {part}", "right, by seed, of a stream of 100", own)
                for part, own in zip(parts, shares, strict=True)
            ]
            rows.append([name, *(f"{median(own):.1%}" for own in [one.scores[-1], *shares])])
        table = Table("Right strings, median of the seeds", ["", "as in training", *parts], rows)
        inputs = {"updates": updates, "seeds": list(seeds), "strings of a stream": config.strings}
        return Found(steps, self._told(every, updates), self._panels(every), inputs, tables=[table])

    def _courses(self) -> "dict[str, Course]":
        from elman.lab.streams import Course
        from elman.lab.training import Setting

        cells = {
            "LSTM": ("lstm", self.config.strings),
            "LSTM of 1997": ("lstm_1997", self.config.strings),
            "LSTM of 1997, reset": ("lstm_1997", 1),
        }
        return {
            name: Course(Setting(name, cell, self.config.units, 0.02, {}), strings)
            for name, (cell, strings) in cells.items()
        }

    def _told(self, every: "dict[str, Followed]", updates: int) -> str:
        told = []
        for name, one in every.items():
            ends = ", ".join(f"{share:.0%}" for share in _shares(one)[-1])
            trained = ", ".join(f"{share:.0%}" for share in one.scores[-1])
            told.append(f"{name} {trained} as in training and {ends} of strings 51 to 100")
        return f"Right after {updates:,} updates, by seed: {'; '.join(told)}. Chance of the second symbol: 50%."

    def _panels(self, every: "dict[str, Followed]") -> list[Lines]:
        learning, lasting = [], []
        for name, one in every.items():
            learning.append(Curve.of_seeds(name, one.updates, one.scores, median))
            lasting.append(Curve.of_seeds(name, [last for _, last in _PARTS], _shares(one), median))
        level = ("w unknown", 0.5)
        return [
            Lines("Learning", "update", "share of right strings", learning, level=level, up_to=(-0.03, 1.05)),
            Lines(
                "Along a stream", "number of the string", "share of right strings", lasting, "x", level=level,
                up_to=(-0.03, 1.05),
            ),
        ]  # fmt: skip


def _shares(one: "Followed") -> list[list[float]]:
    """Return the share of right strings in each part of a stream, by seed."""
    return [one.lasting[:, first - 1 : last].mean(1).tolist() for first, last in _PARTS]
