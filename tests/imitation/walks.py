"""A world small enough to list everything that may happen in it, and policies that are not sure."""

import numpy as np

from elman.imitation import Outcome, Policy, World


class Walk(World[tuple[int, int]]):
    """Steps on five places: left or right, which slips to the other side one time in four."""

    actions, features = 2, 5

    def __init__(self, length=4):
        self.length = length

    def starts(self):
        return [(0, 2), (0, 2), (0, 0)]

    def is_over(self, state):
        return state[0] == self.length or state[1] == 4

    def seen(self, state):
        return [state[1]]

    def right(self, state):
        return int(state[1] < 2)

    def outcomes(self, state, action):
        at = [max(0, state[1] - 1), state[1] + 1]
        return [
            Outcome(chance, (state[0] + 1, place), 0.5 * abs(place - 2) + 0.1 * action)
            for chance, place in ((0.75, at[action]), (0.25, at[1 - action]))
        ]


class Unsure(Policy[tuple[int, int]]):
    """Goes right with a probability that hangs on the place."""

    def chances(self, state):
        right = 0.1 + 0.2 * state[1]
        return np.array([1 - right, right])
