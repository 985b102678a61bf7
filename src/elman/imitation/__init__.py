"""Learning to decide step by step from one who knows: cloning, DAgger, SEARN. Costs are exact; no torch."""

from elman.imitation.cloning import clone
from elman.imitation.dagger import dagger
from elman.imitation.expectation import expected_cost
from elman.imitation.policy import Policy
from elman.imitation.searn import searn
from elman.imitation.world import Outcome, World

__all__ = ["Outcome", "Policy", "World", "clone", "dagger", "expected_cost", "searn"]
