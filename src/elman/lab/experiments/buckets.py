"""Batches of sentences of similar length."""

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars, Matrix


class BucketsExperiment(Experiment):
    """Sentences of 2 to 5 words as one batch, and in three buckets B_2, B_{3..4}, B_5: how much is padding.

    waste = 1 - Σ lengths / Σ_batches rows · longest
    """

    class Config(Experiment.Config):
        """Options of buckets."""

        lengths: list[int] = Field(
            [5, 2, 4, 3, 5, 2, 3, 4, 2], min_length=1, max_length=60, description="Of sentences."
        )
        edges: list[int] = Field([2, 4, 5], min_length=1, description="The longest of each bucket.")

    title = "Buckets: sentences of similar length in one batch"
    formula = "waste = 1 - Σ lengths / Σ rows · longest"
    deck = (Place("000", "231-246"),)
    rows = ("C10", "C11")

    def found(self) -> Found:
        """Return the rows of each bucket, and the share of padding with them and without."""
        lengths, edges = self.config.lengths, sorted(self.config.edges)
        edges = edges if edges[-1] >= max(lengths) else [*edges, max(lengths)]
        buckets: dict[str, list[int]] = {}
        for low, high in zip([0, *edges], edges, strict=False):
            name = f"B_{high}" if high == low + 1 or low == 0 else f"B_{low + 1}..{high}"
            if inside := sorted(length for length in lengths if low < length <= high):
                buckets[name] = inside
        whole = len(lengths) * max(lengths)
        cells = sum(len(inside) * max(inside) for inside in buckets.values())
        real = sum(lengths)
        steps = [
            Step("words", "Σ lengths", real),
            Step("one batch", f"{len(lengths)} rows of {max(lengths)}", whole),
            *(Step(name, "lengths in it", inside) for name, inside in buckets.items()),
            Step("buckets", "Σ rows · longest", cells),
            Step("waste of one batch", "", 1 - real / whole),
            Step("waste of buckets", "", 1 - real / cells),
        ]
        result = (
            f"One batch is {1 - real / whole:.0%} padding, the buckets {1 - real / cells:.0%}. The loss is the same, "
            f"since no "
            "padding counts in it."
        )
        ordered = sorted(lengths, reverse=True)
        picture = [[1.0 if place < length else 0.0 for place in range(max(lengths))] for length in ordered]
        names, columns = [str(length) for length in ordered], [str(k + 1) for k in range(max(lengths))]
        panels = [
            Matrix("One batch: dark is real", names, columns, picture, -1, up="length"),
            Bars("Padding", "share", ["one batch", "buckets"], {"waste": [1 - real / whole, 1 - real / cells]}),
        ]
        return Found(steps, result, panels, {"lengths": lengths, "edges": self.config.edges})
