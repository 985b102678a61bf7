"""An LSTM that counts, its weights set by hand."""

import itertools

from pydantic import Field

from elman.lab.counting import accepted, counter, largest
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines


class CounterExperiment(Experiment):
    """Three units that accept aⁿbⁿ: a count, whether a b was seen, and whether an a came after it.

        z = M (W x + U h' + b);    accept where |c_1| < 1/2 and c_3 < 1/2

    Unit 1 adds 1 at an a and takes 1 away at a b, with f = 1. Saturation is what counts: with a smaller M the gates
    leak, and the count drifts.
    """

    class Config(Experiment.Config):
        """Options of the counter."""

        scale: float = Field(40.0, ge=1, le=200, description="M, what all weights are multiplied by.")
        longest: int = Field(8, ge=1, le=12, description="All strings up to this length are tried.")

    title = "An LSTM that counts aⁿbⁿ, set by hand"
    formula = "c_1 ← f c_1 + i g: +1 at a, -1 at b"
    deck = (Place("004", "428-433"), Place("001", "26"))
    rows = ("D43",)
    seconds = 1.5

    def found(self) -> Found:
        """Return the count over aaabbb, long strings, all short ones, and how far smaller scales count."""
        scale = self.config.scale
        word = "aaabbb"
        trace = counter(word, scale)
        steps = [Step("c_1 over aaabbb", "after each letter", trace[:, 0])]
        for extra in (-1, 0, 1):
            end = counter("a" * 1000 + "b" * (1000 + extra), scale)[-1]
            steps.append(Step(f"c_1 after a^1000 b^{1000 + extra}", "", float(end[0])))
        tried = wrong = 0
        for length in range(self.config.longest + 1):
            for letters in itertools.product("ab", repeat=length):
                text = "".join(letters)
                tried += 1
                half = length // 2
                wrong += accepted(text, scale) != (text == "a" * half + "b" * half)
        steps += [
            Step("strings tried", f"all up to length {self.config.longest}", tried),
            Step("wrong", "of them", wrong),
        ]
        rows = [[m, largest(m, 60)] for m in (5.0, 8.0, 10.0)]
        steps += [Step(f"M = {m:g}: right up to n", "aⁿbⁿ yes, aⁿbⁿ⁺¹ and aⁿ⁺¹bⁿ no", n) for m, n in rows]
        result = (
            f"{wrong} of {tried:,} strings are wrong with M = {scale:g}. Smaller weights leak: M = 10 counts to "
            f"{rows[2][1]}, "
            f"M = 8 to {rows[1][1]}, M = 5 to {rows[0][1]}."
        )
        many = counter("a" * 20 + "b" * 20, scale)[:, 0]
        curves = [Curve(f"M = {scale:g}", range(1, 41), many.tolist())]
        curves += [
            Curve(f"M = {m:g}", range(1, 41), counter("a" * 20 + "b" * 20, m)[:, 0].tolist()) for m in (10.0, 5.0)
        ]
        panel = Lines("The count over a^20 b^20", "letters read", "c_1", curves, level=("accepted", 0.0))
        return Found(steps, result, [panel], {"M": scale}, tables=[Table("By scale", ["M", "right up to n"], rows)])
