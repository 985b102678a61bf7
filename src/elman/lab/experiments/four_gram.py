"""Probabilities of a 4-gram model from counts."""

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars


class FourGramExperiment(Experiment):
    """P(w | students opened their) is one count divided by another.

    P(w | h) = count(h w) / count(h)
    """

    class Config(Experiment.Config):
        """Options of the counts."""

        context: int = Field(1000, ge=1, description="count(students opened their).")
        books: int = Field(400, ge=0, description="count(students opened their books).")
        exams: int = Field(100, ge=0, description="count(students opened their exams).")

    title = "A 4-gram model: probabilities are shares of counts"
    formula = "P(w | h) = count(h w) / count(h)"
    deck = (Place("003", "103-109"),)
    rows = ("W3", "D17")

    def found(self) -> Found:
        """Return both probabilities."""
        config = self.config
        p = {"books": config.books / config.context, "exams": config.exams / config.context}
        steps = [
            Step("P(books | students opened their)", f"{config.books} / {config.context}", p["books"]),
            Step("P(exams | students opened their)", f"{config.exams} / {config.context}", p["exams"]),
            Step("the rest", "for all other words", 1 - p["books"] - p["exams"]),
        ]
        result = (
            f"books {p['books']:g}, exams {p['exams']:g}. The proctor who was named before is not among the three "
            f"words, and so "
            "exams is not likelier for it."
        )
        bars = Bars("After `students opened their`", "P", list(p), {"P": list(p.values())})
        return Found(steps, result, [bars], config.model_dump())
