"""An embedding is a row of a matrix."""

import numpy as np
from pydantic import Field, model_validator

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Matrix
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class LookupExperiment(Experiment):
    """embed(i) = e_i W: a product with a one-hot vector, or simply row i. Only that row has a gradient.

    ∂L/∂W = e_iᵀ ∂L/∂embed(i),    0 in all other rows
    """

    class Config(SeedConfig):
        """Options of the embedding."""

        words: int = Field(5, ge=2, le=40, description="V.")
        size: int = Field(100, ge=1, le=1000, description="E, numbers of a word.")
        word: int = Field(1, ge=0, description="i, counted from 0.")

        @model_validator(mode="after")
        def _inside(self) -> "LookupExperiment.Config":
            if self.word >= self.words:
                raise ValueError(
                    f"word: got {self.word}, expected 0 to {self.words - 1}: here words are counted from 0"
                )
            return self

    title = "An embedding: a one-hot product, or one row of a matrix"
    formula = "embed(i) = e_i W = W[i]"
    deck = (Place("004", "77-115"), Place("003", "310"))
    rows = ("W8", "H5", "H7")

    def found(self) -> Found:
        """Return both ways, their difference, and what each of them costs."""
        config = self.config
        weights = np.random.default_rng(seed_of(config.seed, "lab.lookup")).normal(size=(config.words, config.size))
        one_hot = np.eye(config.words)[config.word]
        row, product = weights[config.word], one_hot @ weights
        steps = [
            Step("shape of W", "V x E", list(weights.shape)),
            Step("W[i]", "the row", row),
            Step("e_i W", "the product", product),
            Step("largest difference", "", float(np.abs(row - product).max())),
            Step("multiplications of e_i W", "V · E", weights.size),
            Step("numbers read of W[i]", "E", config.size),
            Step("rows with a gradient", "of V", 1),
        ]
        result = (
            f"The same {config.size} numbers: one way multiplies {weights.size:,} times, the other reads "
            f"{config.size:,}. With "
            "a large vocabulary only the rows that were read are changed."
        )
        shown = min(12, config.size)
        names = [f"{'→ ' if k == config.word else ''}{k}" for k in range(config.words)]
        columns = [str(k) for k in range(1, shown + 1)]
        panel = Matrix(f"W, its first {shown} columns", names, columns, weights[:, :shown].tolist(), 1)
        return Found(steps, result, [panel], {"i": config.word})
