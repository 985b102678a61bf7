"""Additive smoothing, its sum, and what it does to a good estimate."""

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step
from elman.lab.panels import Curve, Lines


class SmoothingExperiment(Experiment):
    """Add δ to every count: nothing has probability 0 then, and what was seen pays for it.

    P(w | h) = (count(h w) + δ) / (count(h) + δ V),    Σ_w P(w | h) = 1
    """

    class Config(Experiment.Config):
        """Options of smoothing."""

        delta: float = Field(1.0, gt=0, le=1000, description="δ.")
        words: int = Field(10_000, ge=3, description="V, words of the vocabulary.")

    title = "Add δ to every count: no zero is left, and books pay for it"
    formula = "P(w | h) = (count(h w) + δ) / (count(h) + δ V)"
    deck = (Place("003", "115-121"),)
    rows = ("W3", "D18", "X9")

    def found(self) -> Found:
        """Return smoothed probabilities, their sum, and how they fall with δ."""
        delta, words = self.config.delta, self.config.words
        total = 1000 + delta * words
        books, exams, unseen = ((count + delta) / total for count in (400, 100, 0))
        others = 500 + delta * (words - 2)  # what was seen of other words, and δ for each of them
        steps = [
            Step("P(books)", f"(400 + {delta:g}) / (1000 + {delta:g} · {words:,})", books),
            Step("P(exams)", f"(100 + {delta:g}) / (1000 + {delta:g} · {words:,})", exams),
            Step("P(a word never seen)", f"{delta:g} / (1000 + {delta:g} · {words:,})", unseen),
            Step("Σ P", "over all words", books + exams + others / total),
        ]
        error = Erratum("003 L121", "count(h w) / count(h), as without smoothing", "δ in both", 0.4, books)
        result = (
            f"With δ = {delta:g} books falls from .4 to {books:.4f}: smoothing as strong as this takes nearly "
            f"everything from "
            "what was seen."
        )
        deltas = [10 ** (k / 10) for k in range(-50, 11)]
        curves = [
            Curve(name, deltas, [(count + d) / (1000 + d * words) for d in deltas])
            for name, count in (("books", 400), ("exams", 100), ("unseen", 0))
        ]
        panel = Lines("By δ", "δ", "P", curves, "xy")
        return Found(steps, result, [panel], self.config.model_dump(), [error])
