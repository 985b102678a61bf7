"""What has to pass through one vector, and what attention is for."""

from math import isnan

from pydantic import Field

from elman.lab.experiments.base import Experiment
from elman.lab.outcome import Found, Place, Step, Table
from elman.lab.panels import Curve, Lines

_NAMES = {"initial": "start of the decoder", "context": "input of each step", "unfed": "attention"}


class BottleneckExperiment(Experiment):
    """Words of random letters are written backwards, by three decoders with as many units and updates.

        initial:  h_0 = h_n of the encoder, once            (Sutskever et al., 2014)
        context:  c = h_n, an input of every step           (Cho et al., 2014)
        unfed:    c_i = Σ_j a_ij h_j, looked up anew        (Luong et al., 2015)

    A word is right where all of its letters are. The first two have to hold every letter in a vector of one size.

    Sources: Cho et al. (2014), On the properties of neural machine translation: encoder-decoder approaches,
    arXiv:1409.1259; Bahdanau et al. (2015), figure 2.
    """

    class Config(Experiment.Config):
        """Options of the bottleneck."""

        longest: int = Field(20, ge=5, le=200, description="Letters of the longest word; the shortest has one.")
        units: int = Field(64, ge=1, le=1024, description="H.")
        updates: int = Field(600, ge=1, le=1_000_000, description="Of each decoder.")
        words: int = Field(20_000, ge=10, le=1_000_000, description="Of training.")
        tests: int = Field(
            1_500, ge=20, le=100_000, description="Words that are tried, and a fifth as many on the way."
        )
        minutes: float | None = Field(
            None, gt=0, le=10_000, description="How long all networks train together; left out, `updates`."
        )
        seed: int = Field(1, ge=0, description="Of weights and order; the words are always the same.")

    title = "The bottleneck: one vector for a whole source, or attention"
    formula = "c = h_n  against  c_i = Σ_j a_ij h_j"
    deck = (Place("002", "176-184"),)
    rows = ("E1",)
    seconds = 70

    def found(self) -> Found:
        """Return the share of words that are exactly right, by their length, for each decoder."""
        from elman.lab.backwards import BUCKET, Words, by_length

        config = self.config
        budget = {"minutes": config.minutes / len(_NAMES)} if config.minutes else {"steps": config.updates}
        how = {"hidden": config.units, "seed": config.seed, **budget}
        every = by_length(tuple(_NAMES), Words(config.longest, config.words, config.tests), how)
        firsts = range(1, config.longest + 1, BUCKET)
        names = [f"{first}-{min(first + BUCKET - 1, config.longest)}" for first in firsts]
        steps = [
            Step(f"{name}, {_NAMES[name]}", f"right, of {', '.join(names)} letters", shares)
            for name, shares in every.items()
        ]
        rows = [
            [f"{name}, {_NAMES[name]}", *("" if isnan(share) else f"{share:.1%}" for share in shares)]
            for name, shares in every.items()
        ]
        table = Table("Words that are exactly right, by their letters", ["the source enters as", *names], rows)
        middles = [first + (min(BUCKET, config.longest - first + 1) - 1) / 2 for first in firsts]
        curves = [Curve(f"{name}, {_NAMES[name]}", middles, shares, "both") for name, shares in every.items()]
        panel = Lines("Words written backwards", "letters", "share exactly right", curves, up_to=(-0.03, 1.05))
        result = " ".join(self._told(name, shares, names) for name, shares in every.items())
        return Found(steps, result, [panel], config.model_dump(), tables=[table])

    def _told(self, name: str, shares: list[float], names: list[str]) -> str:
        """Return up to which length more than half of the words are right."""
        more = next((place for place, share in enumerate(shares) if not share > 0.5), len(shares))
        if not more and isnan(shares[0]):
            return f"{_NAMES[name].capitalize()}: no word of {names[0]} letters was tried."
        if not more:
            return f"{_NAMES[name].capitalize()}: {shares[0]:.1%} are right of {names[0]} letters already."
        return f"{_NAMES[name].capitalize()}: more than half are right up to {names[more - 1]} letters."
