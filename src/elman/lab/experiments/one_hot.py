"""One-hot vectors, and how wide they are."""

import numpy as np
from pydantic import Field, model_validator

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Matrix


class OneHotExperiment(Experiment):
    """e(w) has a 1 at place w, counted from 1, and 0 elsewhere; any two are equally far apart, √2."""

    class Config(Experiment.Config):
        """Options of one-hot vectors."""

        size: int = Field(10, ge=2, le=40, description="D, words of the vocabulary.")
        word: int = Field(4, ge=1, description="w, from 1 to D.")

        @model_validator(mode="after")
        def _inside(self) -> "OneHotExperiment.Config":
            if self.word > self.size:
                raise ValueError(f"word: got {self.word}, expected 1 to {self.size}: words are counted from 1")
            return self

    title = "A word as a one-hot vector, and a window of them"
    formula = "e(w)_k = [k = w]"
    deck = (Place("004", "33-41"), Place("004", "61-72"))
    rows = ("W8", "H1", "H2", "H4")

    def found(self) -> Found:
        """Return the vector, distances, and the units of a window."""
        size, word = self.config.size, self.config.word
        vector = np.eye(size, dtype=int)[word - 1]
        steps = [
            Step("e(w)", f"D = {size}, w = {word}", vector.tolist()),
            Step("‖e(v) - e(w)‖", "any two different words", float(np.sqrt(2))),
            Step("window of 10 words", "10 · 100,000 units", 10 * 100_000),
            Step("the same, 100 numbers a word", "10 · 100", 10 * 100),
        ]
        result = "A window of 10 words is a million units as one-hot vectors, and a thousand as vectors of 100 numbers."
        panel = Matrix("e(w)", ["e(w)"], [str(k) for k in range(1, size + 1)], [vector.astype(float).tolist()], 0)
        return Found(steps, result, [panel], {"D": size, "w": word})
