"""DAgger: supervised learning on the states that the learner itself meets."""

from collections.abc import Callable

from elman.errors import ConfigError
from elman.imitation.episodes import visited
from elman.imitation.examples import Example, Learn, labelled, regression
from elman.imitation.expectation import expected_cost
from elman.imitation.policy import Mixture, Oracle, Policy
from elman.imitation.world import S, World


def oracle_first(turn: int) -> float:
    """β_1 = 1, then 0: the oracle goes once, and then only says what it would have done."""
    return float(turn == 1)


def dagger(
    world: World[S],
    validation: World[S],
    rounds: int = 5,
    beta: Callable[[int], float] = oracle_first,
    seed: int = 0,
    learn: Learn[S] = regression,
) -> Policy[S]:
    """Return the best of the policies that were learned from more and more states of their own.

        π_i = β_i π* + (1 - β_i) π̂_i             goes through the episodes
        D   = D ∪ {(s, π*(s)) : s of π_i}         the oracle labels what it met
        π̂_{i+1} = argmin_π over all of D          and all is learned anew

    Costs J(π*) + u T ε and a constant, ε how often it errs on its own way, u what one mistake costs where the oracle
    goes on.

    Args:
        world: where it learns; one episode from each start a round.
        validation: where the policies are compared, by their expected cost; of equal ones the first is taken.
        rounds: N.
        beta: β_i for i from 1.
        seed: of what is drawn on the way.
        learn: makes a policy of examples.

    Raises:
        ConfigError: there is no round.

    Source: Ross, Gordon & Bagnell (2011), A reduction of imitation learning and structured prediction to no-regret
    online learning, algorithm 3.1.
    """
    if rounds < 1:
        raise ConfigError(f"dagger: got rounds {rounds}, expected 1 or more.")
    oracle: Policy[S] = Oracle(world)
    learner, examples, learned = oracle, list[Example](), list[Policy[S]]()
    for turn in range(1, rounds + 1):
        mixed = Mixture[S]([oracle, learner], [beta(turn), 1 - beta(turn)])
        examples += labelled(world, visited(world, mixed, seed, turn))
        learner = learn(world, examples)
        learned.append(learner)
    return min(learned, key=lambda policy: expected_cost(validation, policy))
