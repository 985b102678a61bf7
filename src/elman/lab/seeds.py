"""Options of experiments in which something is drawn: one seed, or several that are run beside each other."""

from pydantic import Field

from elman.lab.experiments.base import Experiment


class SeedConfig(Experiment.Config):
    """Options of an experiment that draws."""

    seed: int = Field(1, ge=0, description="Of what is drawn.")


class SeedsConfig(SeedConfig):
    """Options of an experiment that is repeated."""

    seed: int = Field(1, ge=0, description="The first of several, of weights and data.")
    seeds: int = Field(3, ge=1, le=20, description="How many.")

    @property
    def every_seed(self) -> range:
        """The seeds, in their order."""
        return range(self.seed, self.seed + self.seeds)
