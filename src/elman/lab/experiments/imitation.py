"""Cloning an expert, and asking him where one errs: how the cost grows with the length."""

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines


class ImitationExperiment(Experiment):
    """A car on a road that bends one time in a hundred; costs are exact, not sampled.

        cloning:  J ~ ε T² / 2        it was never beside the road, and goes straight on there
        DAgger:   J = ε T             it was, and steers back

    Sources: Ross, Gordon & Bagnell (2011); Bengio et al. (2015), scheduled sampling, is about the same mismatch.
    """

    class Config(Experiment.Config):
        """Options of the road."""

        lengths: list[int] = Field(
            [10, 20, 50, 100], min_length=1, max_length=10, description="T, steps of an episode."
        )

    title = "Imitation: the cost of a clone grows with T², of DAgger with T"
    formula = "J(clone) = T - Σ (1 - ε)^t;  J(DAgger) = ε T"
    deck = (Place("004", "268-270"),)
    rows = ("C16", "C20")
    seconds = 2

    def found(self) -> Found:
        """Return both costs by length."""
        from elman.imitation import clone, dagger, expected_cost
        from elman.imitation.track import Track

        rows = []
        for length in self.config.lengths:
            track = Track(length)
            cloned = expected_cost(track, clone(track))
            own = expected_cost(track, dagger(track, track, rounds=2))
            rows.append([length, cloned, own, cloned / length**2, own / length])
        steps = [Step(f"T = {row[0]}: cloning, DAgger", "expected steps beside the road", row[1:3]) for row in rows]
        result = (
            f"With {rows[-1][0]} steps the clone is beside the road for {rows[-1][1]:.1f} of them, DAgger for "
            f"{rows[-1][2]:.2f}: who learns from right histories alone does not know what to do after a mistake."
        )
        lengths = [row[0] for row in rows]
        curves = [
            Curve(name, lengths, [row[place] for row in rows], "both")
            for name, place in (("cloning", 1), ("DAgger", 2))
        ]
        table = Table("By length", ["T", "cloning", "DAgger", "cloning / T²", "DAgger / T"], rows)
        panel = Lines("Cost of an episode", "T, steps", "steps beside the road", curves, "xy")
        return Found(steps, result, [panel], {"ε": 0.01}, tables=[table])
