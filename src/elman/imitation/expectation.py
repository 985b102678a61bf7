"""What a policy costs, exactly: the states of an episode as a Markov chain."""

from collections import Counter

from elman.imitation.policy import Policy
from elman.imitation.world import S, World


def expected_cost(world: World[S], policy: Policy[S]) -> float:
    """Return the expected cost of an episode, over all that may happen; nothing is drawn.

        J(π) = Σ_t Σ_s d_t(s) Σ_a π(a | s) Σ_o P(o | s, a) cost(o)
        d_{t+1}(s') = Σ_s d_t(s) Σ_a π(a | s) P(s' | s, a),    d_1 the starts

    Takes time in proportion to the states that can be reached, not to the paths to them.
    """
    starts, cost = world.starts(), 0.0
    now = {state: count / len(starts) for state, count in Counter(starts).items()}
    while now:
        after: dict[S, float] = {}
        for state, chance in now.items():
            if world.is_over(state):
                continue
            for action, share in enumerate(policy.chances(state)):
                for outcome in world.outcomes(state, action) if share else ():
                    reached = chance * float(share) * outcome.chance
                    cost += reached * outcome.cost
                    after[outcome.state] = after.get(outcome.state, 0.0) + reached
        now = after
    return cost
