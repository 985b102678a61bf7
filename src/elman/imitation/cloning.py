"""Behavioural cloning: supervised learning on the states that the oracle meets, and on no other."""

from elman.imitation.episodes import visited
from elman.imitation.examples import Learn, labelled, regression
from elman.imitation.policy import Oracle, Policy
from elman.imitation.world import S, World


def clone(world: World[S], seed: int = 0, learn: Learn[S] = regression) -> Policy[S]:
    """Return a policy that does what the oracle did.

        π̂ = argmin_π E_{s ~ d(π*)} [π(s) ≠ π*(s)],    J(π̂) ≤ J(π*) + T² ε

    ε is how often it errs where the oracle goes. A mistake leads where the oracle never was, and there nothing was
    learned: it may cost all that is left of T steps. A tagger trained on gold histories is such a policy.

    Args:
        world: where the oracle goes from each start once.
        seed: of what is drawn on the way.
        learn: makes a policy of examples.

    Source: Ross & Bagnell (2010), Efficient reductions for imitation learning, theorem 2.1.
    """
    return learn(world, labelled(world, visited(world, Oracle(world), seed, 0)))
