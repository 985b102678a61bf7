"""Agreement of verbs with subjects that are not the last noun."""

from typing import Any

from pydantic import Field

from elman.lab.compared import TrainedConfig
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines

_MOST, _EASY, _TESTS = 4, 0.1, 24


class AgreementExperiment(Experiment):
    """`the writer of the books is`: which verb does a language model expect, with 0 to 4 other nouns between.

    Whoever looks at the last noun (sequential recency) is always wrong from one noun on, and whoever looks at the
    subject (syntactic recency) never. In training most sentences have nothing between, and the nouns between have any
    number. A test sentence is right where the right form of its verb is likelier than the wrong one.

    Source: Linzen, Dupoux & Goldberg (2016).
    """

    class Config(TrainedConfig):
        """Options of agreement."""

        units: int = Field(64, ge=1, le=512, description="H.")
        updates: int = Field(600, ge=10, le=1_000_000, description="Of each network and seed.")

    title = "Agreement: recency is learned first, the subject later"
    formula = "p(right form) > p(wrong form), by nouns between"
    deck = (Place("002", "32-41"), Place("003", "841-848"))
    rows = ("G11",)
    seconds = 45

    def found(self) -> Found:
        """Return the errors by nouns between, over the training."""
        from elman.lab.sentences import Agreement
        from elman.lab.training import Setting, affordable, train

        config = self.config
        networks = [
            Setting("LSTM", "lstm", config.units, 0.005, {}),
            Setting("simple, tanh", "elman", config.units, 0.005, {}),
        ]
        problem, probes = Agreement(), [Agreement(count) for count in range(_MOST + 1)]
        updates = config.updates
        if config.minutes:
            updates = affordable(problem, networks, config.seeds, config.minutes, 10)
        rows: list[list[Any]] = []
        steps, panels = [], []
        for setting in networks:
            for seed in range(config.seed, config.seed + config.seeds):
                run = train(problem, setting, seed, updates, _TESTS, probes)
                steps.append(
                    Step(f"{setting.name}, seed {seed}", "errors with 0 to 4 nouns between, at the end", run.probed[-1])
                )
                rows += [[setting.name, seed, at, *errors] for at, errors in zip(run.updates, run.probed, strict=True)]
                if seed == config.seed:
                    curves = [
                        Curve(f"{count} between", run.updates, [errors[count] for errors in run.probed], "both")
                        for count in range(_MOST + 1)
                    ]
                    title = f"{setting.name}, seed {seed}"
                    panels.append(Lines(title, "update", "share of wrong verbs", curves, up_to=(-0.03, 1.05)))
        result = " ".join(_told(rows, setting.name) for setting in networks)
        columns = ["network", "seed", "update", *(f"{count} between" for count in range(_MOST + 1))]
        inputs = {"updates": updates, "shares in training": list(Agreement.shares), "recency": "0, 1, 1, 1, 1"}
        return Found(steps, result, panels, inputs, tables=[Table("Share of wrong verbs", columns, rows)])


def _told(rows: list[list[Any]], name: str) -> str:
    """Return what the tests of one network say: the first that is right with nothing between, and the last."""
    own = [row for row in rows if row[0] == name]
    seeds = dict.fromkeys(row[1] for row in own)
    early = [next((row for row in own if row[1] == seed and row[3] < _EASY), None) for seed in seeds]
    late = [[row for row in own if row[1] == seed][-1] for seed in seeds]
    if any(row is None for row in early):
        return f"{name}: not every seed learned the verb even with nothing between; take more updates."
    first, last = ([f"{row[4]:.0%}" for row in some if row is not None] for some in (early, late))
    return (
        f"{name}: once it is right with nothing between, it is wrong with one in {', '.join(first)} of sentences (by "
        f"seed), "
        f"at the end in {', '.join(last)}."
    )
