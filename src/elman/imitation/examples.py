"""What a policy is learned from, and the regression that learns it."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from elman.imitation.policy import LeastCost, Policy
from elman.imitation.world import S, World

RIDGE = 1e-6


class Example(NamedTuple):
    """A state and what each action costs there.

    Args:
        state: where the decision is made.
        costs: (A), 0 for the best action.
    """

    state: Any
    costs: np.ndarray


Learn = Callable[[World[S], list[Example]], Policy[S]]
"""Makes a policy that costs little where the examples are."""


def labelled(world: World[S], states: Iterable[S]) -> list[Example]:
    """Return states with the label that the oracle gives them: the right action costs 0, and each other 1."""
    wrong = 1.0 - np.eye(world.actions)
    return [Example(state, wrong[world.right(state)]) for state in states]


def regression(world: World[S], examples: list[Example]) -> LeastCost[S]:
    """Return the policy of least predicted cost, the costs predicted by least squares from what is seen.

        W = (X'X + λ1)⁻¹ X'C,    X (N, D) what is seen, C (N, A) the costs, λ small

    A feature that was never seen has weights of exactly 0: where nothing is known the policy takes action 0.

    Source: Beygelzimer, Langford & Zadrozny (2008), Machine learning techniques - reductions between prediction quality
    metrics (cost-sensitive classification by regression).
    """
    seen = np.zeros((len(examples), world.features))
    for row, example in zip(seen, examples, strict=True):
        row[list(world.seen(example.state))] = 1.0
    costs = np.array([example.costs for example in examples])
    return LeastCost(world, np.linalg.solve(seen.T @ seen + RIDGE * np.eye(world.features), seen.T @ costs))
