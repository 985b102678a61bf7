"""A stack in one number, and how many symbols it holds before rounding loses them."""

import numpy as np
from pydantic import Field, field_validator

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedConfig
from elman.randomness import seed_of


class StackExperiment(Experiment):
    """Bits as digits 1 and 3 of a number to the base 4, with operations that a saturating linear unit can do.

        push β:     q ← q/4 + (2β + 1)/4
        top:        clip(4q - 2)              clip to [0, 1]
        pop:        q ← 4q - 2 top - 1
        nonempty:   clip(4q)

    Source: Siegelmann & Sontag (1995), On the computational power of neural nets.
    """

    class Config(SeedConfig):
        """Options of the stack."""

        bits: str = Field("101", min_length=1, max_length=20, description="What is pushed, first to last.")

        @field_validator("bits")
        @classmethod
        def _of_bits(cls, bits: str) -> str:
            if set(bits) - {"0", "1"}:
                raise ValueError(f"got {bits!r}, expected 0 and 1, such as 101")
            return bits

    title = "A stack inside one unit, and where its precision ends"
    formula = "push: q/4 + (2β + 1)/4;  top: clip(4q - 2);  pop: 4q - 2 top - 1"
    deck = (Place("004", "428-433"),)
    rows = ("D43",)

    def found(self) -> Found:
        """Return q after each push and pop, and how many symbols come back right."""
        bits = [int(bit) for bit in self.config.bits]
        q, path, steps = 0.0, [0.0], []
        for number, bit in enumerate(bits, start=1):
            q = q / 4 + (2 * bit + 1) / 4
            path.append(q)
            steps.append(Step(f"{number}. push {bit}", "q/4 + (2β + 1)/4", q))
        for number in range(1, len(bits) + 1):
            top = float(np.clip(4 * q - 2, 0, 1))
            q = 4 * q - 2 * top - 1
            path.append(q)
            steps.append(Step(f"{number}. pop", f"top {top:g}, then 4q - 2 top - 1", q))
        draw = np.random.default_rng(seed_of(self.config.seed, "lab.stack"))
        words = {"101010...": np.arange(1, 61) % 2, "random": draw.integers(0, 2, 60)}
        rows = [
            [name, kind.__name__, held(word.tolist(), kind)]
            for name, word in words.items()
            for kind in (np.float32, np.float64)
        ]
        steps += [Step(f"{name} in {kind}", "symbols that come back right", count) for name, kind, count in rows]
        result = (
            f"Exact up to {rows[1][2]} symbols in float64 and {rows[0][2]} in float32, then wrong: `Turing complete` "
            f"is "
            "about numbers without an end."
        )
        panel = Lines("The stack as a number", "operation", "q", [Curve("", range(len(path)), path, "both")])
        table = Table("How many symbols it holds", ["word", "numbers", "symbols"], rows)
        return Found(steps, result, [panel], {"bits": self.config.bits}, tables=[table])


def held(bits: list[int], kind: type) -> int:
    """Return how many of some bits can be pushed so that all of them come back, in a kind of number."""
    for count in range(1, len(bits) + 1):
        q = kind(0)
        for bit in bits[:count]:
            q = q / kind(4) + kind((2 * bit + 1) / 4)
        for bit in reversed(bits[:count]):
            top = min(max(kind(4) * q - kind(2), kind(0)), kind(1))
            if top != bit:
                return count - 1
            q = kind(4) * q - kind(2) * top - kind(1)
    return len(bits)
