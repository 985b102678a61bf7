"""The dates of the lecture, with corrections."""

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step, Table
from elman.lab.panels import Words

EVENTS = (
    ("1986", "RNN", "Rumelhart, Hinton & Williams: learning by backpropagation, unrolled in time", "001 L23"),
    ("1990", "Simple recurrent network", "Elman: Finding structure in time", "not in the decks"),
    ("1991", "Vanishing gradient", "Hochreiter's diploma thesis", "001 L25"),
    ("1997", "LSTM", "Hochreiter & Schmidhuber; technical report 1995; no forget gate", "001 L25, 003 L896"),
    ("2000", "Forget gate", "Gers, Schmidhuber & Cummins", "not in the decks"),
    ("2001", "Formal languages", "Gers & Schmidhuber: aⁿbⁿ and aⁿbⁿcⁿ, not language models", "001 L26"),
    ("2009", "Handwriting", "Graves et al. win three ICDAR competitions", "001 L27"),
    ("2013", "Speech", "Graves, Mohamed & Hinton: deep bidirectional LSTMs on TIMIT", "001 L28"),
    ("2014", "GRU", "Cho et al.", "001 L29, 003 L978"),
    ("2014", "Sequence to sequence", "Sutskever, Vinyals & Le; Cho et al.", "004 L473"),
    ("2015", "Google Voice", "LSTMs transcribe voicemail", "001 L30"),
    ("2015", "Attention", "Bahdanau, Cho & Bengio: translation that looks back", "002 L236"),
    ("2017", "Transformer", "Vaswani et al.: attention without recurrence", "003 L968"),
)


class HistoryExperiment(Experiment):
    """Who made what when, as the decks have it, corrected where they are wrong, and their practical advice."""

    title = "A short history of recurrent networks, corrected"
    formula = "year, what, who"
    deck = (Place("001", "22-30"), Place("003", "1164-1178"), Place("004", "465-473"))
    rows = ("I", "D46")

    def found(self) -> Found:
        """Return the dates, what the decks have otherwise, and their four takeaways."""
        steps = [Step(f"{year}: {what}", where, who) for year, what, who, where in EVENTS]
        advice = (
            ("1", "LSTMs are powerful, GRUs are faster", "003 L1167"),
            ("2", "Clip your gradients", "003 L1169"),
            ("3", "Use bidirectionality where the whole input is there", "003 L1131"),
            ("4", "Several layers are powerful, but may need skips", "003 L1154"),
        )
        errata = [
            Erratum("001 L25", "1995: LSTMs are introduced", "the technical report is of 1995, the paper of 1997"),
            Erratum("001 L26", "2001: LSTMs learn language models", "formal languages: aⁿbⁿ and aⁿbⁿcⁿ"),
            Erratum(
                "003 L896", "the LSTM of 1997 erases its cell", "it had no forget gate; Gers et al. added it in 2000"
            ),
        ]
        result = "Thirty years from the first recurrent network to the attention that replaced many of them."
        rows = [[year, what, who, where] for year, what, who, where in EVENTS]
        panel = Words("Recurrent networks, 1986 to 2017", ["year", "what", "who", "deck"], rows, [0.7, 2, 5.6, 1.7])
        table = Table("What the decks advise", ["", "advice", "deck"], advice)
        return Found(steps, result, [panel], {}, errata, [table])
