"""What comes after `today the` and `price of`: the counts of the slide, or those of a Reuters file."""

from collections.abc import Collection

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Erratum, Found, Place, Step, Table
from elman.lab.panels import Bars

_SLIDE = {
    "today the": (26, {"company": 4, "bank": 4, "price": 2, "italian": 1, "emirate": 1}),
    "price of": (278, {"the": 20, "18": 12, "oil": 12, "its": 10, "gold": 5}),
}
_PRINTED = {
    "today the": {"company": 0.153, "bank": 0.153, "price": 0.077, "italian": 0.039, "emirate": 0.039},
    "price of": {"the": 0.072, "18": 0.043, "oil": 0.043, "its": 0.036, "gold": 0.018},
}
_MOST = 5
_SAMPLE = (
    "today the price of gold per ton , while production of shoe lasts and shoe industry , the bank intervened just "
    "after it considered and rejected an imf demand to rebuild depleted european stocks , sept 30 end primary 76 cts "
    "a share ."
)
_NOWHERE = {("after", "it", "considered"), ("it", "considered", "and"), ("considered", "and", "rejected")}


class ReutersExperiment(Experiment):
    """P(w | two words) by counting trigrams of business news.

        P(w | u v) = count(u v w) / count(u v)

    Without a file these are the counts that the slide's numbers come from, found in Reuters-21578 (lower case, words
    and marks apart). With one they are counted there: a file of text, of SGML as Reuters-21578 has it, or a folder.
    The text that the slide drew is looked up in the counts of a file; without one, which of its trigrams have no place
    in Reuters-21578 is noted from a count of it. What is drawn from counts has no trigram besides them.
    """

    class Config(Experiment.Config):
        """Options of the counts."""

        file: str = Field("", description="A file or folder of news; empty takes the counts of the slide.")

    title = "Trigrams of business news: what follows `today the` and `price of`"
    formula = "P(w | u v) = count(u v w) / count(u v)"
    deck = (Place("003", "145-155"), Place("003", "184-196"), Place("003", "210"))
    rows = ("W4", "W5", "W6")

    def found(self) -> Found:
        """Return counts and probabilities after both contexts."""
        counts, known = _SLIDE, set(_every()) - _NOWHERE
        source = "the slide's counts: no file was given"
        if self.config.file:
            from elman.lab.news import followers, trigrams

            every = trigrams(self.config.file)
            counts = {context: followers(every, context, self.config.file) for context in _SLIDE}
            known, source = set(every), f"counted in {self.config.file}"
        steps, rows, panels = [Step("counts from", "", source)], [], []
        for context, (total, words) in counts.items():
            steps.append(Step(f"count({context})", "", total))
            ranked = sorted(words.items(), key=lambda item: -item[1])
            best = [item for place, item in enumerate(ranked) if place < _MOST or item[0] in _PRINTED[context]]
            for word, count in best:
                steps.append(Step(f"P({word} | {context})", f"{count} / {total}", count / total))
                rows.append([context, word, count, count / total, _PRINTED[context].get(word)])
            panels.append(Bars(f"After `{context}`", "P", [w for w, _ in best], {"P": [c / total for _, c in best]}))
        steps += _sample(known)
        errata = [
            Erratum("003 L149", ".153", "4/26 is cut there; rounded it is .154", 0.153, 4 / 26),
            Erratum("003 L152", ".039", "1/26 rounds to .038", 0.039, 1 / 26),
        ]
        result = (
            f"From {source}: with 26 places the probabilities are multiples of 1/26, which is the lack of "
            f"granularity that the "
            "slide speaks of."
        )
        if self.config.file:
            result = (
                f"From {source}: {steps[1].value} places of the first context, {counts['price of'][0]} of the second."
            )
        table = Table("Beside what is printed", ["context", "word", "count", "P", "printed"], rows)
        return Found(steps, result, panels, {"file": self.config.file or "none"}, errata, [table])


def _every() -> list[tuple[str, str, str]]:
    """Return the trigrams of the text that the slide drew; no word of it is cut into marks, so blanks part them."""
    words = _SAMPLE.split()
    return list(zip(words, words[1:], words[2:], strict=False))


def _sample(known: Collection[tuple[str, str, str]]) -> list[Step]:
    """Return how many trigrams of the text that the slide drew are known, and the others."""
    every = _every()
    missing = [" ".join(words) for words in every if words not in known]
    return [
        Step("trigrams of the slide's sample", "", len(every)),
        Step("of these counted", "", len(every) - len(missing)),
        Step("not counted", "so no trigram model of these counts drew it", missing),
    ]
