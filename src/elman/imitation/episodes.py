"""One episode after the other, as a policy goes through them."""

from random import Random

from elman.errors import ConfigError
from elman.imitation.policy import Policy
from elman.imitation.world import S, World
from elman.randomness import seed_of


def followed(world: World[S], policy: Policy[S], state: S, draw: Random) -> tuple[list[S], float]:
    """Go from a state to the end. Returns the states in which something was decided, and what it cost in all."""
    states, cost = [], 0.0
    while not world.is_over(state):
        states.append(state)
        outcome = world.step(state, policy.act(state, draw), draw)
        state, cost = outcome.state, cost + outcome.cost
    return states, cost


def visited(world: World[S], policy: Policy[S], seed: int, turn: int) -> list[S]:
    """Return the states in which a policy decides, in one episode from each start.

    Args:
        world: has the starts.
        policy: goes through them.
        seed: of all draws.
        turn: which time it is; each has draws of its own.

    Raises:
        ConfigError: nothing is decided in any episode.
    """
    starts, states = world.starts(), list[S]()
    for episode, start in enumerate(starts):
        states += followed(world, policy, start, Random(seed_of(seed, "imitation", turn, episode)))[0]
    if not states:
        found = f"got {len(starts)} starts and nothing to decide"
        raise ConfigError(f"{type(world).__name__}: {found}, expected an episode of one step or more.")
    return states
