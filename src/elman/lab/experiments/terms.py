"""How often reports name a kind of network."""

import re
from pathlib import Path

from pydantic import Field

from elman.errors import DataError
from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step
from elman.lab.panels import Bars


class TermsExperiment(Experiment):
    """RNN and Transformer in the reports of a conference on machine translation, as the lecture prints them.

    The reports are not here, so that the counts are quoted and not recomputed. With `lab.file` the terms are counted in
    a text of your own, as whole words with their capitals.
    """

    class Config(Experiment.Config):
        """Options of the counts."""

        file: str = Field("", description="A text; empty quotes the lecture.")
        terms: list[str] = Field(["RNN", "Transformer"], min_length=1, max_length=12, description="What is counted.")

    title = "How often RNN and Transformer are named: 2016 and 2018"
    formula = "count of a term as a whole word"
    deck = (Place("003", "970-975"),)
    rows = ("D45",)

    def found(self) -> Found:
        """Return the counts."""
        if self.config.file:
            return self._counted(Path(self.config.file))
        steps = [
            Step("RNN, WMT 2016", "printed", 44),
            Step("RNN, WMT 2018", "printed", 9),
            Step("Transformer, WMT 2018", "printed", 63),
        ]
        groups = {"RNN": [44.0, 9.0], "Transformer": [float("nan"), 63.0]}
        result = (
            "As printed: within two years RNN falls from 44 to 9 and Transformer is named 63 times. Quoted, not "
            "recomputed; no "
            "number is given for Transformer in 2016, a year before it was published."
        )
        return Found(steps, result, [Bars("Named in the report", "times", ["2016", "2018"], groups)])

    def _counted(self, path: Path) -> Found:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise DataError(
                f"{path}: cannot be read: {error.strerror}. Leave lab.file out to quote the lecture."
            ) from error
        counts = {term: len(re.findall(rf"(?<!\w){re.escape(term)}(?!\w)", text)) for term in self.config.terms}
        steps = [Step(term, f"in {path}", count) for term, count in counts.items()]
        panel = Bars("Named in the text", "times", list(counts), {"count": list(counts.values())})
        return Found(steps, f"Counted in {path}.", [panel], {"file": str(path)})
