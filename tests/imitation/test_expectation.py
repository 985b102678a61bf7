"""The expected cost: all paths listed, and the driving world's known costs."""

from random import Random

import numpy as np
import pytest

from elman.imitation import expected_cost
from elman.imitation.episodes import followed
from elman.imitation.policy import LeastCost, Mixture, Oracle
from elman.imitation.track import LEFT, Car, Track
from tests.imitation.walks import Unsure, Walk


def over_paths(world, policy, state):
    """Return the expected cost from a state on, by going down every path."""
    if world.is_over(state):
        return 0.0
    return sum(
        share * outcome.chance * (outcome.cost + over_paths(world, policy, outcome.state))
        for action, share in enumerate(policy.chances(state))
        for outcome in world.outcomes(state, action)
    )


@pytest.mark.parametrize("world", [Walk(1), Walk(4), Walk(7), Track(5, 0.3, 10)], ids=["1", "4", "7", "track"])
def test_it_is_the_mean_over_all_paths(world):
    kinds = {"oracle": Oracle(world), "zero": LeastCost(world, np.zeros((world.features, world.actions)))}
    kinds["mixture"] = Mixture(list(kinds.values()), [0.3, 0.7])
    if isinstance(world, Walk):
        kinds["unsure"] = Unsure()
    for name, policy in kinds.items():
        every = np.mean([over_paths(world, policy, start) for start in world.starts()])
        assert expected_cost(world, policy) == pytest.approx(every, rel=1e-12), name


def test_episodes_cost_as_much_on_average():
    world, policy = Walk(6), Unsure()
    draw = Random(1)
    costs = [followed(world, policy, start, draw)[1] for _ in range(4000) for start in world.starts()]
    error = np.std(costs) / np.sqrt(len(costs))
    assert abs(np.mean(costs) - expected_cost(world, policy)) < 4 * error


def test_chances_of_outcomes_and_actions_add_up_to_one():
    track = Track(9)
    for car in (Car(0, 0, 0), Car(3, 3, 1), Car(8, -3, 0)):
        for action in range(track.actions):
            outcomes = track.outcomes(car, action)
            assert sum(outcome.chance for outcome in outcomes) == pytest.approx(1)
            assert all(track.seen(outcome.state)[0] in range(track.features) for outcome in outcomes)
    mixed = Mixture([Oracle(track), LeastCost(track, np.zeros((7, 3)))], [0.25, 0.75])
    assert mixed.chances(Car(0, 1, 0)).tolist() == [0.75, 0.25, 0.0]
    assert {mixed.act(Car(0, 1, 0), Random(n)) for n in range(50)} == {0, LEFT}


def test_the_oracle_stays_on_the_track():
    assert expected_cost(Track(50, 0.3), Oracle(Track(50, 0.3))) == 0
