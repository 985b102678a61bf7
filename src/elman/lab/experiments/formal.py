"""Languages of counted letters, learned from their short strings."""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from pydantic import Field

from elman.lab.compared import TrainedConfig
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Dots, Panel

if TYPE_CHECKING:
    from elman.lab.counted import Reach
    from elman.lab.languages import Counted
    from elman.lab.training import Setting

_NAMES = {2: "aⁿbⁿ", 3: "aⁿbⁿcⁿ"}
_STATES, _ROUNDS, _ORDERS = (10, 40), 200, (3, 22)


class FormalExperiment(Experiment):
    """Networks read strings with n up to 10, and say after each symbol which may come next; then n goes on.

        read:     S  a  a  a  b  b  b           a string is right where every set is
        allowed:  a ab ab ab  b  b  T           right up to n: every string of 1 to n is

    Each string of training is read once an update, and targets are .9 and .1. An LSTM counts with c. Where f is below
    1, an a weighs f^k after k more letters; the LSTM of 1997 has no f, and loses nothing. A finite memory cannot count:
    where K states are right for all i up to K + 1, two of a^i lead to the same one, and a^i b^j is taken as well. A
    hidden Markov model and n-grams beside it are given whichever threshold of probability is the best for them. Whoever
    remembers all strings of training and nothing else is right up to 9: after ten a there was never another.

    Brackets of several kinds need a stack and not a count: `elman lab stack`, and `elman describe dyck` for data.

    Source: Gers & Schmidhuber (2001), LSTM recurrent networks learn simple context-free and context-sensitive
    languages, IEEE Transactions on Neural Networks 12(6); Weiss, Goldberg & Yahav (2018), arXiv:1805.04908.
    """

    class Config(TrainedConfig):
        """Options of counted letters."""

        seeds: int = Field(5, ge=1, le=20, description="How many.")
        updates: int = Field(2000, ge=10, le=1_000_000, description="Of each network.")
        longest: int = Field(10, ge=2, le=100, description="The largest n of training.")
        most: int = Field(200, ge=2, le=2000, description="The largest n that is tried.")
        units: int = Field(3, ge=1, le=64, description="H for aⁿbⁿ; one more for aⁿbⁿcⁿ.")

    title = "Counting: aⁿbⁿ and aⁿbⁿcⁿ, learned to n = 10"
    formula = "the set of symbols that may come next, right at every step"
    deck = (Place("001", "26"),)
    rows = ("D44",)
    seconds = 100

    def found(self) -> Found:
        """Return how far each network and baseline is right, for both languages."""
        from elman.lab.abreast import Lesson, affordable
        from elman.lab.languages import Counted

        config = self.config
        problems = [Counted(letters, config.longest) for letters in _NAMES]
        updates = config.updates
        if config.minutes:
            every = [
                Lesson(problem, setting, problem.strings(range(1, problem.longest + 1)))
                for problem in problems
                for setting in self._networks(problem)
            ]
            updates = affordable(every, config.seeds, config.minutes)
        steps: list[Step] = []
        tables, panels, told = [], [], []
        for problem in problems:
            name = _NAMES[problem.letters]
            found = self._reached(problem, updates)
            for one in found:
                steps.append(Step(f"{one.name}, {name}", "right up to n, by seed", one.counts))
            tables.append(self._table(name, found))
            panels.append(self._panel(name, found))
            told.append(f"{name}: {self._told(found)}.")
        result = f"Learned to n = {config.longest} and right up to n, the median of seeds: {' '.join(told)}"
        inputs = {"updates": updates, "seeds": list(self.config.every_seed), "longest in training": config.longest}
        return Found(steps, result, panels, {**inputs, "tried up to": config.most}, tables=tables)

    def _networks(self, problem: "Counted") -> "list[Setting]":
        from elman.lab.training import Setting

        units = self.config.units + problem.letters - 2
        return [
            Setting("LSTM of 1997", "lstm_1997", units, 0.02, {}),
            Setting("peephole LSTM", "peephole_lstm", units, 0.02, {}),
            Setting("LSTM", "lstm", units, 0.02, {}),
            Setting("GRU", "gru", units, 0.02, {}),
            Setting("simple tanh", "elman", units, 0.01, {}),
        ]

    def _reached(self, problem: "Counted", updates: int) -> "list[Reach]":
        """Return what networks reach, then hidden Markov models and n-grams."""
        from elman.lab.counted import Reach, finite_reach, reach
        from elman.lab.finite_states import Grams, baum_welch

        most, seeds, symbols = self.config.most, self.config.every_seed, problem.letters + 2
        found = [reach(problem, setting, seeds, updates, most) for setting in self._networks(problem)]
        words = [problem.word(n) for n in range(1, problem.longest + 1)]
        for states in _STATES:
            models = [baum_welch(words, states, symbols, _ROUNDS, seed) for seed in seeds]
            counts = [finite_reach(problem, model, most) for model in models]
            found.append(Reach(f"HMM, {states} states", counts, [], []))
        for order in _ORDERS:
            count = finite_reach(problem, Grams(words, symbols, order), most)
            found.append(Reach(f"{order}-gram", [count], [], []))
        return found

    def _table(self, name: str, found: "list[Reach]") -> Table:
        seeds = [f"seed {seed}" for seed in self.config.every_seed]
        rows = []
        for one in found:
            counts = [*one.counts, *[""] * (len(seeds) - len(one.counts))]
            wrong = f"{min(one.wrong)} to {max(one.wrong)}" if one.wrong else ""
            leak = f"{min(one.leaks):.1g} to {max(one.leaks):.1g}" if one.leaks else ""
            rows.append([one.name, *counts, wrong, leak])
        return Table(f"{name}: right up to n", ["", *seeds, "short strings judged wrongly", "least 1 - f"], rows)

    def _panel(self, name: str, found: "list[Reach]") -> Panel:
        most, longest = self.config.most, self.config.longest
        across = f"right up to n; an arrow: {most} or more"
        values: Sequence[Sequence[float]] = [one.counts for one in found]
        return Dots(name, across, [one.name for one in found], values, ("training", longest), most)

    def _told(self, found: "list[Reach]") -> str:
        most = self.config.most
        middle = {one.name: median(one.counts) for one in found}
        return ", ".join(f"{name} {'at least ' if n == most else ''}{n:g}" for name, n in middle.items())
