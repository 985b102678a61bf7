"""Rows C19 and C20: decisions that change what is met next."""

import pytest

from elman.imitation import clone, dagger, expected_cost, searn
from elman.imitation.tagging import Tagging
from elman.imitation.track import Track


def test_C19_searn_beats_a_greedy_tagger_that_learned_from_right_histories():
    train, test = Tagging(30, 15, seed=1), Tagging(100, 15, seed=2)
    assert expected_cost(test, searn(train, rounds=5)) < 0.8 * expected_cost(test, clone(train))


def test_C20_cloning_costs_the_square_of_the_steps_and_dagger_their_number():
    def ratios(policy):
        costs = [expected_cost(track := Track(steps, 0.001, 1000), policy(track)) for steps in (10, 20, 40)]
        return costs[1] / costs[0], costs[2] / costs[1]

    assert ratios(clone) == pytest.approx((4, 4), rel=0.06)
    assert ratios(lambda track: dagger(track, track, rounds=2)) == pytest.approx((2, 2), rel=1e-9)
