"""SEARN: search as learning; each action is judged by how the episode ends after it."""

from random import Random

import numpy as np

from elman.errors import ConfigError
from elman.imitation.episodes import followed, visited
from elman.imitation.examples import Example, Learn, regression
from elman.imitation.policy import Mixture, Oracle, Policy
from elman.imitation.world import S, World
from elman.randomness import seed_of


def searn(
    world: World[S], rounds: int = 10, beta: float = 0.3, seed: int = 0, learn: Learn[S] = regression
) -> Mixture[S]:
    """Return a mixture of learned policies, which has moved away from the oracle step by step.

        π = π*;   each round:   h = argmin_h Σ_{s of π} C(s, h(s)),   π = β h + (1 - β) π
        C(s, a) = cost of a in s and of π from there on, less that of the best a
        at the end π* is left out, and the weights of the others are divided by 1 - (1 - β)^N

    Args:
        world: where it learns; one episode from each start a round.
        rounds: N.
        beta: β, in (0, 1].
        seed: of what is drawn on the way.
        learn: makes a policy of examples.

    Raises:
        ConfigError: there is no round, or β is none.

    Source: Daumé, Langford & Marcu (2009), Search-based structured prediction, Machine Learning 75, figure 1.
    """
    if rounds < 1 or not 0 < beta <= 1:
        raise ConfigError(f"searn: got rounds {rounds} and beta {beta:g}, expected 1 or more, and 0 < beta <= 1.")
    policies: list[Policy[S]] = [Oracle(world)]
    weights = [1.0]
    for turn in range(1, rounds + 1):
        policy = Mixture[S](policies, weights)
        states = visited(world, policy, seed, turn)
        examples = [judged(world, policy, state, seed_of(seed, "searn", turn, i)) for i, state in enumerate(states)]
        policies = [*policies, learn(world, examples)]
        weights = [*((1 - beta) * weight for weight in weights), beta]
    return Mixture(policies[1:], [weight / sum(weights[1:]) for weight in weights[1:]])


def judged(world: World[S], policy: Policy[S], state: S, seed: int) -> Example:
    """Return a state with what each action costs there, found out by going on with a policy after it.

    All actions meet the same draws, so that they differ by what they do and not by luck.
    """
    costs = np.zeros(world.actions)
    for action in range(world.actions):
        draw = Random(seed)
        outcome = world.step(state, action, draw)
        costs[action] = outcome.cost + followed(world, policy, outcome.state, draw)[1]
    return Example(state, costs - costs.min())
