"""The genome of the slide."""

from collections import Counter

from pydantic import Field, field_validator

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars


class GenomeExperiment(Experiment):
    """Counts of the nucleotides, the share of G and C, and the commonest words of three letters."""

    class Config(Experiment.Config):
        """Options of the genome."""

        sequence: str = Field(
            "ATTTGCGCAGAGACCTAAGGCATTAGCTTGGCCCTAAAG", min_length=3, description="Letters A, C, G, T."
        )

        @field_validator("sequence")
        @classmethod
        def _letters(cls, sequence: str) -> str:
            if wrong := sorted(set(sequence.upper()) - set("ACGT")):
                raise ValueError(f"got {wrong[0]!r}, expected A, C, G and T")
            return sequence.upper()

    title = "A genome as a sequence of four letters"
    formula = "GC = (count(G) + count(C)) / length"
    deck = (Place("004", "164-168"),)
    rows = ("D33",)

    def found(self) -> Found:
        """Return counts and shares."""
        text = self.config.sequence
        counts = Counter(text)
        triples = Counter(text[place : place + 3] for place in range(len(text) - 2)).most_common(6)
        steps = [
            Step("length", "nucleotides", len(text)),
            *(Step(letter, "", counts[letter]) for letter in "ACGT"),
            Step("GC", "(G + C) / length", (counts["G"] + counts["C"]) / len(text)),
            *(Step(word, "words of three, the commonest", count) for word, count in triples),
        ]
        share = (counts["G"] + counts["C"]) / len(text)
        result = f"{len(text)} letters, {share:.1%} of them G or C: a text with four letters."
        bars = Bars("Nucleotides", "count", list("ACGT"), {"count": [counts[letter] for letter in "ACGT"]})
        return Found(steps, result, [bars], {"sequence": text})
