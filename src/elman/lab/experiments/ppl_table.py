"""The table of perplexities of the lecture, in bits and nats."""

import math

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step, Table
from elman.lab.panels import Bars

SYSTEMS = (
    ("Interpolated Kneser-Ney 5-gram", "Chelba et al., 2013", 67.6, "F1"),
    ("RNN-1024 + MaxEnt 9-gram", "Chelba et al., 2013", 51.3, "F2"),
    ("RNN-2048 + BlackOut sampling", "Ji et al., 2015", 68.3, "F3"),
    ("Sparse Non-negative Matrix LM", "Shazeer et al., 2015", 52.9, "F4"),
    ("LSTM-2048", "Jozefowicz et al., 2016", 43.7, "F5"),
    ("2-layer LSTM-8192", "Jozefowicz et al., 2016", 30.0, "F6"),
    ("small LSTM-2048", "Grave et al., 2016", 43.9, "F7"),
    ("large 2-layer LSTM-2048", "Grave et al., 2016", 39.8, "F8"),
)


class PplTableExperiment(Experiment):
    """What the perplexities of the slide mean.

    perplexity = Π (1/P)^(1/T) = e^J = 2^bits,    bits = log2 perplexity,    J = ln perplexity, nats a word
    """

    title = "The table of perplexities, in bits a word"
    formula = "bits = log2 perplexity;  nats = ln perplexity"
    deck = (Place("003", "569-577"), Place("003", "549-561"))
    rows = ("W7", "F9")

    def found(self) -> Found:
        """Return each system's perplexity, bits and nats, and what was gained from the first to the best."""
        bits = [math.log2(value) for _, _, value, _ in SYSTEMS]
        rows = [[name, who, value, math.log2(value), math.log(value)] for name, who, value, _ in SYSTEMS]
        steps = [
            Step("uniform, V = 10,000", "a model that knows nothing has perplexity V", math.log2(10_000)),
            Step("67.6 to 30, bits", "log2 30 - log2 67.6", math.log2(30) - math.log2(67.6)),
            Step("67.6 to 30, percent", "100 (30 / 67.6 - 1)", 100 * (30 / 67.6 - 1)),
        ]
        errata = [
            Erratum("003 L573", "Sparse Non-negative Matrix factorization", "... Matrix Language Modeling"),
            Erratum("003 L575", "2-layer LSTM-8192: 30", "30.0 has CNN inputs; with words as inputs it is 30.6"),
        ]
        result = "From 67.6 to 30 a word costs 1.17 bits less of 6.08: 56 % less perplexity, 19 % less information."
        columns = ["system", "by", "perplexity", "bits", "nats"]
        panel = Bars("Bits a word", "bits", [name for name, *_ in SYSTEMS], {"bits": bits}, flat=True)
        return Found(steps, result, [panel], {}, errata, [Table("Each system", columns, rows)])
