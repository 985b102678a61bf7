"""All exercises of the lecture, with their arithmetic."""

from elman.lab.experiments.base import Experiment
from elman.lab.experiments.elementwise import ElementwiseExperiment
from elman.lab.experiments.forget_gate import ForgetGateExperiment
from elman.lab.experiments.four_gram import FourGramExperiment
from elman.lab.experiments.labels import LabelsExperiment
from elman.lab.experiments.one_hot import OneHotExperiment
from elman.lab.experiments.ppl_table import PplTableExperiment
from elman.lab.experiments.reuters import ReutersExperiment
from elman.lab.experiments.smoothing import SmoothingExperiment
from elman.lab.experiments.word_table import WordTableExperiment
from elman.lab.outcome import Found, Place

_EACH: dict[str, type[Experiment]] = {
    "W1": LabelsExperiment,
    "W2": ForgetGateExperiment,
    "W2b": ElementwiseExperiment,
    "W3": FourGramExperiment,
    "W3, smoothed": SmoothingExperiment,
    "W4, W5, W6": ReutersExperiment,
    "W7": PplTableExperiment,
    "W8": OneHotExperiment,
    "W8, vectors": WordTableExperiment,
}


class ExercisesExperiment(Experiment):
    """W1 to W8: labels by hand, a forget gate, activations, n-grams, smoothing, perplexities, word vectors.

    Each is an experiment of its own too, with options: labels, forget-gate, elementwise, four-gram, smoothing, reuters,
    ppl-table, one-hot, word-table.
    """

    title = "All exercises, solved, with the slips of the slides beside them"
    formula = "each by its own formula"
    deck = (Place("001", "91-105"), Place("001", "262-306"), Place("003", "103-210"), Place("004", "33-55"))
    rows = ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8")

    def found(self) -> Found:
        """Return the steps of every exercise, its number before each symbol."""
        every = {name: kind(kind.Config()).found() for name, kind in _EACH.items()}
        steps = [
            step._replace(symbol=f"{name}: {step.symbol}") for name, found in every.items() for step in found.steps
        ]
        errata = [one for found in every.values() for one in found.errata]
        result = (
            "Counts of Reuters are those behind the slides' numbers, unless `elman lab reuters` is given a file; "
            "everything else is computed above."
        )
        panels = [every[name].panels[0] for name in ("W1", "W2", "W2b")]
        return Found(steps, result, panels, {}, errata)
